uniform mat4 camera; uniform mat4x3 move;
in vec3 position; in vec3 normal; in float gum;
out vec3 P, N, Q; out float G;
void main() { Q = position; P = move * vec4(position, 1.0); N = mat3(move) * normal; G = gum; gl_Position = camera * vec4(P, 1.0); }
