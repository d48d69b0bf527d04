"""From one picture to a replica: the picture is animated into footage, and the footage trains like any other."""
