// Knitted wool: rows of small Vs, with a fuzzy rim.
//import lighting
in vec3 P, N, R, A; in vec4 M, L; in float B; out vec4 colour;
uniform vec3 cloth; uniform sampler2D noise;
void main() {
  vec3 n = normalize(N), v = normalize(eye - P);
  // Knit: rows of small Vs.
  vec2 k = vec2(atan(R.x, R.z + 1.2) * 52.0, R.y * 30.0);
  float column = fract(k.x) - 0.5; float row = fract(k.y + abs(column) * 1.1);
  float h = (0.5 - abs(row - 0.5)) * 1.3 + (0.5 - abs(abs(column) - 0.25) * 2.0) * 0.9;
  float fuzz = texture(noise, R.xy * 3.1).b;
  h = h * 0.0075 + fuzz * 0.004;
  vec3 px = dFdx(P), py = dFdy(P); vec3 r1 = cross(py, n), r2 = cross(n, px); float det = dot(px, r1);
  n = normalize(max(abs(det), 1e-12) * n - sign(det) * (dFdx(h) * r1 + dFdy(h) * r2));
  vec3 base = cloth * (0.80 + 0.25 * h / 0.0075) * (0.9 + 0.25 * (texture(noise, R.xy * 0.7).r - 0.5));
  vec3 lit = sky(n) * L.x;
  for (int i = 0; i < 4; i++) { float seen = i == 3 ? B : L[i + 1];
    lit += lampColour[i] * max((dot(n, lampDirection[i]) + 0.12) / 1.12, 0.0) * seen; }
  float nv = max(dot(n, v), 0.0);
  vec3 fuzzy = (cloth + 0.03) * pow(1.0 - nv, 2.5) * 0.7 * lit;
  colour = vec4(base * lit + fuzzy, 1.0);
}
