// Eyes: white with veins, iris with a dark limbal ring and radial fibres seen through the cornea, and reflections of
// the lamps as soft rectangles, as the soft boxes of a studio make them.
//import lighting
in vec3 P, N, R, A; in vec4 M, L; in float B; out vec4 colour;
uniform mat3 toEye[2]; uniform vec3 iris; uniform sampler2D noise;
float softbox(vec3 r, vec3 l, vec2 size, float turn) {
  vec3 x = normalize(cross(vec3(0, 1, 0), l)), y = cross(l, x);
  float f = dot(r, l); if (f < 0.2) return 0.0;
  vec2 q = vec2(dot(r, x), dot(r, y)) / f; q = mat2(cos(turn), sin(turn), -sin(turn), cos(turn)) * q;
  vec2 e = smoothstep(size, size * 0.75, abs(q)); return e.x * e.y; }
void main() {
  int side = A.x > 0.5 ? 0 : 1;
  vec3 n = normalize(N), v = normalize(eye - P);
  vec3 d = toEye[side] * n, w = toEye[side] * v;             // in the eye's own frame, z is the gaze
  float r = acos(clamp(d.z, -1.0, 1.0));                      // radians from the middle of the pupil
  const float limbus = 0.475;
  float inCornea = 1.0 - smoothstep(limbus * 0.98, limbus * 1.12, r);
  // Refraction: the iris lies behind the cornea; look along the bent ray.
  vec2 flat2 = d.xy - inCornea * w.xy / max(w.z, 0.4) * 0.075 * (1.0 - sq(r / limbus));
  float ri = length(flat2) / sin(limbus); float angle = atan(flat2.y, flat2.x);
  float fibre = texture(noise, vec2(angle * 1.27, ri * 0.16)).b, fibre2 = texture(noise, vec2(angle * 3.1, ri * 0.3 + 0.4)).r;
  vec3 inside = iris * (0.10 + 1.9 * fibre * fibre + 0.9 * fibre2);
  inside = mix(inside, vec3(0.20, 0.11, 0.035), 0.55 * smoothstep(0.62, 0.36, ri + 0.1 * (fibre - 0.5)));
  inside *= 0.75 + 0.55 * smoothstep(0.35, 0.85, ri);
  inside *= 1.0 - 0.92 * smoothstep(0.70, 0.98, ri);           // limbal ring
  inside *= smoothstep(0.325, 0.39, ri + 0.03 * (fibre2 - 0.5));  // pupil
  float veins = smoothstep(0.60, 0.80, texture(noise, d.xy * 1.4 + 0.2).g) * smoothstep(0.5, 1.1, r);
  vec3 white = vec3(0.62, 0.585, 0.56); white = mix(white, vec3(0.58, 0.33, 0.29), 0.30 * veins + 0.42 * smoothstep(0.8, 1.35, r));
  float edge = smoothstep(0.90, 1.10, r / limbus);
  vec3 base = mix(inside, white, edge);
  base = mix(base, base * vec3(0.72, 0.74, 0.78), (1.0 - smoothstep(1.0, 1.25, r / limbus)) * edge);
  float ao = L.x; vec3 lit = sky(n) * (0.25 + 0.75 * ao);
  // The cornea bulges: its normal turns faster than the eyeball's.
  vec3 gaze = transpose(toEye[side]) * vec3(0, 0, 1);
  vec3 nc = normalize(n + inCornea * (n - gaze * d.z) * 0.75);
  // A hollow iris is bright on the side away from the lamp.
  vec3 irisN = normalize(mix(n, gaze * 2.0 - nc, 0.55));
  vec3 glint = vec3(0.0); vec3 refl = reflect(-v, nc);
  for (int i = 0; i < 4; i++) { float seen = i == 3 ? B : L[i + 1];
    float wrapd = max((dot(mix(irisN, n, edge), lampDirection[i]) + 0.3) / 1.3, 0.0);
    lit += lampColour[i] * wrapd * mix(seen, 1.0, 0.15);
    if (i < 2) glint += lampColour[i] * (i == 0 ? 1.6 : 0.35) * softbox(refl, lampDirection[i], i == 0 ? vec2(0.17, 0.24) : vec2(0.10, 0.26), 0.1);
    glint += lampColour[i] * shine(n, v, lampDirection[i], 0.20, 0.03) * 0.5 * seen; }
  float nv = max(dot(nc, v), 0.0);
  vec3 result = base * lit * (0.35 + 0.65 * ao) + glint * smoothstep(0.05, 0.4, ao) + sky(refl) * (0.02 + 0.25 * pow(1.0 - nv, 5.0)) * ao;
  colour = vec4(clamp(result, 0.0, 20.0), 1.0);
}
