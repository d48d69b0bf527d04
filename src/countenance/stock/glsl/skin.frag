// Skin: diffuse light wraps round the terminator, red furthest (a cheap stand-in for scattering under the skin, after
// Green, GPU Gems 2004), two lobes of highlight, mottling, pores and freckles from a tileable noise picture.
//import lighting
in vec3 P, N, R, A; in vec4 M, L; in float B; out vec4 colour;
uniform sampler2D noise; uniform float freckles; uniform float mouthOpen; uniform vec3 mouthCentre;
void main() {
  vec3 n = normalize(N), v = normalize(eye - P);
  if (dot(n, v) < 0.0 && !gl_FrontFacing) n = -n;
  float lip = M.x, inner = M.y, scalp = M.z, wet = M.w;
  float axis = mix(0.25, -0.35, smoothstep(-0.85, -1.35, R.y));
  vec2 uv = vec2(atan(R.x, R.z - axis) * 0.9, R.y);
  vec4 fine = texture(noise, uv * 2.6), coarse = texture(noise, uv * 0.55);
  float pores = texture(noise, uv * 5.5).b;
  float creases = texture(noise, vec2(R.x * 7.0, R.y * 1.1)).b;
  float skin = (1.0 - lip) * (1.0 - inner);
  // Bumps: slope of the noise along the surface, without tangents (Mikkelsen 2010).
  float h = skin * (0.0016 * pores + 0.0018 * fine.b) + lip * 0.0035 * creases;
  vec3 px = dFdx(P), py = dFdy(P); vec3 r1 = cross(py, n), r2 = cross(n, px); float det = dot(px, r1);
  n = normalize(max(abs(det), 1e-12) * n - sign(det) * (dFdx(h) * r1 + dFdy(h) * r2));
  vec3 base = A;
  base *= 1.0 + skin * (0.22 * (coarse.r - 0.5) * vec3(0.6, 1.0, 1.1) + 0.15 * (fine.r - 0.5) * vec3(0.7, 1.0, 1.0) + 0.12 * (pores - 0.5));
  base = mix(base, base * vec3(1.10, 0.86, 0.84), skin * smoothstep(0.55, 0.8, coarse.g) * 0.25);
  float spot = smoothstep(0.64, 0.80, texture(noise, uv * 1.45 + 0.37).a) * freckles * skin;
  spot *= exp(-sq((R.y + 0.25) / 0.45)) * smoothstep(0.3, 0.9, R.z);
  base = mix(base, base * vec3(0.74, 0.58, 0.48), spot);
  base *= 1.0 + lip * 0.35 * (creases - 0.5);
  float ao = L.x;
  vec3 bleed = pow(vec3(ao), vec3(0.75, 1.0, 1.08));  // what light gets into folds is red
  vec3 lit = sky(n) * bleed;
  float rough = mix(0.46, 0.30, max(lip, 0.0)) ; rough = mix(rough, 0.22, max(wet, inner * 0.6));
  rough += 0.10 * (fine.b - 0.5) + 0.05 * smoothstep(0.2, 0.6, abs(R.x));
  float gloss = mix(0.75, 1.25, lip) * (0.75 + 0.5 * pores);
  vec3 spec = vec3(0.0);
  for (int i = 0; i < 4; i++) {
    float seen = i == 3 ? B : L[i + 1];
    float d = dot(n, lampDirection[i]);
    vec3 wrap = vec3(0.34, 0.15, 0.10) * (skin + 0.6 * lip);
    vec3 diffuse = clamp((d + wrap) / (1.0 + wrap), 0.0, 1.0); diffuse *= mix(diffuse, vec3(1.0), 0.55);
    vec3 shadow = mix(vec3(seen), pow(vec3(seen), vec3(0.85, 1.0, 1.03)), skin);
    lit += lampColour[i] * diffuse * shadow;
    float s = shine(n, v, lampDirection[i], rough, 0.030);
    if (i < 2) s = mix(s, shine(n, v, lampDirection[i], rough * 0.62, 0.030), 0.38);
    spec += lampColour[i] * seen * s * gloss;
  }
  float nv = max(dot(n, v), 0.0);
  vec3 r = reflect(-v, n);
  spec += sky(r) * ao * ao * (0.020 + 0.22 * pow(1.0 - nv, 5.0)) * (1.0 - scalp) * gloss;
  vec3 result = base * lit + spec * (1.0 - 0.85 * scalp);
  result += base * vec3(1.0, 0.85, 0.7) * pow(1.0 - nv, 3.0) * 0.10 * lit * skin * (1.0 - scalp);  // down on the skin
  float depth = max(mouthCentre.z - P.z, 0.0);
  float cave = clamp(0.06 + mouthOpen * 3.2, 0.0, 1.0) * exp(-depth * 3.4);
  result *= mix(1.0, cave, inner);
  colour = vec4(clamp(result, 0.0, 20.0), 1.0);
}
