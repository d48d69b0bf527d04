uniform mat4 camera;
in vec3 position; in vec3 normal; in vec3 rest; in vec3 albedo; in vec4 masks; in vec4 light; in float backlight; in float lift;
out vec3 P, N, R, A; out vec4 M, L; out float B;
void main() { P = position + normal * lift; N = normal; R = rest; A = albedo; M = masks; L = light; B = backlight;
  gl_Position = camera * vec4(P, 1.0); }
