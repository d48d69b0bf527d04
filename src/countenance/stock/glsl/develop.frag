// Down to the final size, a trace of glare, a filmic curve (after Hable 2010, white at 6), sRGB, grain.
in vec2 uv; out vec4 colour; uniform sampler2D picture; uniform vec2 texel; uniform float seed; uniform float grain;
vec3 curve(vec3 x) { return ((x * (0.22 * x + 0.03) + 0.002) / (x * (0.22 * x + 0.30) + 0.06)) - 0.0333; }
float hash(vec2 p) { vec3 q = fract(vec3(p.xyx) * 0.1031 + seed); q += dot(q, q.yzx + 33.33); return fract((q.x + q.y) * q.z); }
void main() {
  vec3 sum = vec3(0.0); float total = 0.0;
  for (int j = -1; j <= 1; j++) for (int i = -1; i <= 1; i++) {
    float w = exp(-0.9 * float(i * i + j * j)); vec3 c = min(textureLod(picture, uv + vec2(i, j) * texel, 0.0).rgb, 6.0);
    w /= 1.0 + 0.4 * dot(c, vec3(0.3, 0.6, 0.1));  // bright samples must not win, or edges shimmer
    sum += c * w; total += w; }
  vec3 c = sum / total;
  vec3 glare = textureLod(picture, uv, 4.0).rgb * 0.6 + textureLod(picture, uv, 6.0).rgb * 0.4;
  c = mix(c, glare, 0.035);
  c = curve(c * 1.78) / curve(vec3(6.0));
  c = clamp(c, 0.0, 1.0);
  vec2 q = uv - 0.5; c *= 1.0 - 0.22 * dot(q, q);
  c = mix(12.92 * c, 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, c));
  float g = hash(gl_FragCoord.xy) + hash(gl_FragCoord.xy + 17.0) - 1.0;
  colour = vec4(c + g * grain, 1.0);
}
