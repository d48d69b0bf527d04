// The number of a strand as a colour, to find out which strands show.
flat in float I; out vec4 colour;
void main() { colour = vec4(mod(I, 256.0), mod(floor(I / 256.0), 256.0), 255.0, 255.0) / 255.0; }
