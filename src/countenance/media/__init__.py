"""Files in and out: what a file is, its frames and samples as arrays, and the writing of new ones."""
