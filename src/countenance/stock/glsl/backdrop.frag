in vec2 uv; out vec4 colour; uniform sampler2D picture;
void main() { colour = vec4(texture(picture, uv).rgb, 1.0); }
