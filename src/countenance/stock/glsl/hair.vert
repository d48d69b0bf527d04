// A strand is a ribbon that turns to the camera; shape holds side, half width and how far it follows the head.
uniform mat4 camera; uniform vec3 eye; uniform mat4x3 head; uniform float pixel; uniform float thinnest;
in vec3 position; in vec3 tangent; in vec3 shape; in vec3 tint; in float number;
out vec3 C; flat out float I;
void main() {
  vec3 q = mix(position, head * vec4(position, 1.0), shape.z); vec3 t = mix(tangent, mat3(head) * tangent, shape.z);
  vec3 v = eye - q; vec3 side = normalize(cross(t, v) + vec3(1e-6, 0.0, 0.0));
  float width = max(shape.y, pixel * length(v) * thinnest);
  C = tint * (1.0 + 0.12 * shape.x); I = number;
  gl_Position = camera * vec4(q + side * shape.x * width, 1.0);
}
