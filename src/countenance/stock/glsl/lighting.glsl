// Lamps, sky and a microfacet highlight (GGX: Walter et al. 2007; Schlick's Fresnel and geometry terms).
uniform mat4 camera; uniform vec3 eye;
uniform vec3 lampDirection[4]; uniform vec3 lampColour[4];
uniform vec3 skyColour; uniform vec3 groundColour;
const float PI = 3.14159265;
float sq(float x) { return x * x; }
float ggx(float nh, float rough) { float a = rough * rough; float d = nh * nh * (a * a - 1.0) + 1.0;
  return a * a / (PI * d * d); }
float smith(float nv, float nl, float rough) { float k = sq(rough + 1.0) / 8.0;
  return 0.25 / ((nv * (1.0 - k) + k) * (nl * (1.0 - k) + k)); }
float fresnel(float f0, float vh) { return f0 + (1.0 - f0) * pow(1.0 - vh, 5.0); }
float shine(vec3 n, vec3 v, vec3 l, float rough, float f0) { vec3 h = normalize(l + v);
  float nl = max(dot(n, l), 0.0), nv = max(dot(n, v), 0.05);
  return nl * ggx(max(dot(n, h), 0.0), rough) * smith(nv, nl, rough) * fresnel(f0, max(dot(v, h), 0.0)); }
vec3 sky(vec3 d) { return mix(groundColour, skyColour, 0.5 + 0.5 * d.y); }
