in vec3 C; out vec4 colour;
void main() { colour = vec4(C, 1.0); }
