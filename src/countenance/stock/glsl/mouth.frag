// Teeth (gum 0), gums (1) and tongue (2), darker the deeper they lie behind the lips and the less the mouth is open.
//import lighting
in vec3 P, N, Q; in float G; out vec4 colour;
uniform float mouthOpen; uniform vec3 mouthCentre; uniform sampler2D noise;
void main() {
  vec3 n = normalize(N), v = normalize(eye - P); n *= sign(dot(n, v) + 1e-6);
  float tongue = step(1.5, G), gum = step(0.5, G) * (1.0 - tongue), tooth = 1.0 - tongue - gum;
  vec3 base = tooth * vec3(0.92, 0.735, 0.575) + gum * vec3(0.46, 0.15, 0.14) + tongue * vec3(0.44, 0.15, 0.145);
  base *= 0.9 + 0.2 * texture(noise, Q.xy * 3.0 + Q.z).r;
  float depth = max(mouthCentre.z - P.z, 0.0);
  float side = abs(P.x - mouthCentre.x);
  float cave = clamp(0.50 + mouthOpen * 5.0, 0.0, 1.0) * exp(-depth * mix(2.6, 3.6, 1.0 - tooth)) * exp(-side * side * 22.0);
  cave *= mix(1.0, 0.72, gum);
  vec3 lit = sky(n) * 0.8; vec3 spec = vec3(0.0);
  for (int i = 0; i < 3; i++) { float d = dot(n, lampDirection[i]);
    lit += lampColour[i] * max((d + 0.3) / 1.3, 0.0) * (i == 2 ? 0.0 : 0.62);
    spec += lampColour[i] * (i == 2 ? 0.0 : 1.0) * shine(n, v, lampDirection[i], mix(0.24, 0.34, tongue), 0.04) * 0.55; }
  colour = vec4((base * lit + spec) * cave, 1.0);
}
