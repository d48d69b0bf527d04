"""Pictures of a person: OpenGL without a window, through moderngl."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance.errors import CountenanceError, Finding
from countenance.stock.backdrop import room
from countenance.stock.bake import Visibility
from countenance.stock.camera import camera
from countenance.stock.clothes import jumper
from countenance.stock.errors import NO_RENDERER
from countenance.stock.figure import Figure, Pose, Posed
from countenance.stock.hair import Strands, brows, lashes, scalp_hair
from countenance.stock.light import GROUND, LAMPS, SKY
from countenance.stock.mesh import LIP_INNER, Array, Indices, Normals, neighbour_mean, triangles
from countenance.stock.noise import noise
from countenance.stock.paint import paint
from countenance.stock.person import Person
from countenance.stock.ribbons import FLOATS, LAYOUT, indices, ribbons, short_hairs, strand_light
from countenance.stock.shaders import layout, program, set_uniform

_SUPERSAMPLING = 1.25  # on top of four samples a pixel
_THINNEST_STRAND, _THINNEST_HAIR = 0.45, 0.28  # half widths in rendered pixels
_BROW_LIGHT = np.array([1.35, 1.28, 1.2])
_LASHES = np.array([[0.030, 0.020, 0.015]])
_TURNS_DEG = ((0, 0), (-9, 0), (9, 0), (0, 5), (0, -5))  # yaw and pitch between which a person moves
_PROGRAMS = {
    "skin": ("skin", "skin"),
    "cloth": ("skin", "cloth"),
    "eye": ("skin", "eye"),
    "mouth": ("mouth", "mouth"),
    "hair": ("hair", "hair"),
    "number": ("hair", "number"),
    "backdrop": ("backdrop", "backdrop"),
    "develop": ("backdrop", "develop"),
}
_SURFACE = [("3f", "rest"), ("3f", "albedo"), ("4f", "masks"), ("4f", "light"), ("1f", "backlight"), ("1f", "lift")]


@dataclass(frozen=True, slots=True)
class Frame:
    """`rgb` (H, W, 3) uint8 and the moment's geometry."""

    rgb: NDArray[np.uint8]
    posed: Posed


class Studio:
    """A person before the camera.

    Building it takes some seconds of CPU, a picture of 720 lines about half a second on one core. The picture is
    `view_height` decimetres high where the face is, so a larger value makes the person smaller. Raises
    CountenanceError `stock.no_renderer` where there is no OpenGL. One studio belongs to one thread.
    """

    def __init__(
        self, person: Person, width: int = 1280, height: int = 720, *, view_height: float = 3.72, grain: float = 0.008
    ) -> None:
        self.width, self.height = width, height
        self.person = person
        self.figure = Figure(person)
        self._gl = _context()
        self._size = (round(width * _SUPERSAMPLING), round(height * _SUPERSAMPLING))
        self.camera = camera(width, height, view_height, self._size[1])
        self._grain = grain
        with self._gl:
            self._make_targets()
            self._make_programs()
            self._make_scene()

    def frame(self, pose: Pose, number: int = 0) -> Frame:
        """The picture of one moment. `number` chooses the film grain, so that a film's pictures differ in it."""
        with self._gl:  # another studio may have been used meanwhile
            return self._frame(pose, number)

    def _frame(self, pose: Pose, number: int) -> Frame:
        gl, posed = self._gl, self.figure.pose(pose)
        self._move(pose, posed)
        self._many.use()
        gl.enable_only(gl.NOTHING)
        self._many.clear(0, 0, 0, 1, depth=1.0)
        self._room.use(0)
        self._backdrop.render(gl.TRIANGLE_STRIP)
        self._noise.use(0)
        gl.enable_only(gl.DEPTH_TEST)
        for surface in (self._skin, self._cloth, self._collar, self._eyes):
            surface.render()
        self._draw_mouth(posed)
        self._draw_hair(posed)
        gl.copy_framebuffer(self._resolve, self._many)
        return Frame(self._develop(number), posed)

    def release(self) -> None:
        """Give the OpenGL context back."""
        self._gl.release()

    def _make_targets(self) -> None:
        gl = self._gl
        self._many = gl.framebuffer(
            gl.renderbuffer(self._size, 4, samples=4, dtype="f2"), gl.depth_renderbuffer(self._size, samples=4)
        )
        self._resolved = gl.texture(self._size, 4, dtype="f2")
        self._resolved.repeat_x = self._resolved.repeat_y = False
        self._resolve = gl.framebuffer(self._resolved)
        self._out = gl.framebuffer(gl.texture((self.width, self.height), 3))

    def _make_programs(self) -> None:
        self._programs = {name: program(self._gl, *pair) for name, pair in _PROGRAMS.items()}
        shared: dict[str, Any] = {
            "eye": self.camera.eye,
            "camera": self.camera.matrix.T,
            "pixel": self.camera.pixel,
            "lampDirection": [lamp.unit for lamp in LAMPS],
            "lampColour": [lamp.colour for lamp in LAMPS],
            "skyColour": SKY,
            "groundColour": GROUND,
            "freckles": self.person.freckles,
            "cloth": self.person.clothes,
            "iris": self.person.iris,
            "texel": (1 / self._size[0], 1 / self._size[1]),
            "grain": self._grain,
        }
        for made in self._programs.values():
            for name, value in shared.items():
                set_uniform(made, name, value)

    def _make_scene(self) -> None:
        gl, figure = self._gl, self.figure
        self._noise = gl.texture((512, 512), 4, noise(512, self.person.seed).tobytes())
        self._noise.build_mipmaps()
        self._jumper = jumper(figure)
        hair = scalp_hair(figure)
        dressed = figure.rest + figure.rest_normals * self._jumper.lift[:, None]
        visible = Visibility(gl, dressed, figure.skin_triangles, hair.points, LAMPS)
        self._make_skin(visible, dressed)
        self._make_collar(visible)
        self._make_eyes(visible)
        self._make_mouth()
        self._make_hair(visible, hair)
        self._room = gl.texture(self._size, 3, room(*self._size, self.person.seed).astype("f4").tobytes(), dtype="f4")
        self._room.repeat_x = self._room.repeat_y = False
        corners = gl.buffer(np.array([-1, -1, 1, -1, -1, 1, 1, 1], "f4").tobytes())
        self._backdrop, self._developer = (
            gl.vertex_array(self._programs[name], [(corners, "2f", "corner")]) for name in ("backdrop", "develop")
        )

    def _make_skin(self, visible: Visibility, dressed: Array) -> None:
        figure, look = self.figure, paint(self.figure)
        seen = visible.of(dressed, figure.rest_normals)
        # A lamp is measured from ten points of it; smoothing along the skin hides the steps between them.
        smoother = neighbour_mean(figure.skin_quads, len(dressed))
        for _ in range(4):
            seen = smoother @ seen
        # The lining of the mouth has its own light; no shadow of the resting lips must stay on it.
        seen = seen + (0.75 - seen) * look.inner[:, None]
        masks = np.stack([look.lip, look.inner, look.scalp, look.wet], 1)
        lift = self._jumper.lift[:, None]
        self._skin_moving = self._gl.buffer(reserve=len(dressed) * 24)
        covered = (self._jumper.lift[figure.skin_quads] > 0.06).all(1)
        behind = (figure.rest_normals[figure.skin_quads, 2] < -0.35).all(1)
        bare = figure.skin_quads[~covered & ~behind]
        parts = (figure.rest, look.albedo, masks, seen)
        self._skin = self._surface("skin", self._skin_moving, (*parts, 0 * lift), bare)
        self._cloth = self._surface("cloth", self._skin_moving, (*parts, lift), self._jumper.quads)

    def _make_collar(self, visible: Visibility) -> None:
        rest, quads = self._jumper.collar_rest, self._jumper.collar_quads
        seen = visible.of(rest, self._jumper.collar_normals.of(rest))
        blank = np.zeros((len(rest), 7))
        self._collar_moving = self._gl.buffer(reserve=len(rest) * 24)
        self._collar = self._surface("cloth", self._collar_moving, (rest, blank, seen, blank[:, :1]), quads)

    def _make_eyes(self, visible: Visibility) -> None:
        directions, quads = _half_sphere(40, 56)
        n = len(directions)
        self._eye_directions = directions
        points = (self.figure.eye_centres[:, None] + directions * self.figure.eye_radius).reshape(-1, 3)
        seen = visible.of(points, np.tile(directions, (2, 1)), bias=0.012)
        side = np.repeat([1.0, 0.0], n)[:, None] * np.ones((1, 3))
        self._eyes_moving = self._gl.buffer(reserve=2 * n * 24)
        parts = (points, side, np.zeros((2 * n, 4)), seen, np.zeros((2 * n, 1)))
        self._eyes = self._surface("eye", self._eyes_moving, parts, np.concatenate([quads, quads + n]))

    def _surface(self, name: str, moving: Any, still: tuple[Array, ...], quads: Indices) -> Any:
        """A mesh whose positions and normals change, with the attributes of `_SURFACE` beside them."""
        made = self._programs[name]
        buffer = self._gl.buffer(np.concatenate(still, 1).astype("f4").tobytes())
        faces = self._gl.buffer(triangles(quads).astype("i4").tobytes())
        content = [(moving, "3f 3f", "position", "normal"), (buffer, *layout(made, _SURFACE))]
        return self._gl.vertex_array(made, content, faces)

    def _make_mouth(self) -> None:
        figure, gl, made = self.figure, self._gl, self._programs["mouth"]
        names = ("3f 3f 1f", "position", "normal", "gum")
        self._rows = []
        for vertices, gum, quads in (figure.upper_teeth, figure.lower_teeth):
            data = np.concatenate([vertices, Normals(quads, len(vertices)).of(vertices), gum[:, None]], 1)
            faces = gl.buffer(triangles(quads).astype("i4").tobytes())
            self._rows.append(gl.vertex_array(made, [(gl.buffer(data.astype("f4").tobytes()), *names)], faces))
        self._tongue_moving = gl.buffer(reserve=figure.tongue_fine.shape[0] * 28)
        faces = gl.buffer(triangles(figure.tongue_quads).astype("i4").tobytes())
        self._tongue = gl.vertex_array(made, [(self._tongue_moving, *names)], faces)

    def _make_hair(self, visible: Visibility, hair: Strands) -> None:
        figure = self.figure
        self._brow_hairs = brows(figure)
        count, steps = self._brow_hairs.offsets.shape[:2]
        self._brows_moving = self._gl.buffer(reserve=count * steps * 2 * FLOATS * 4)
        self._brows = self._ribbons("hair", self._brows_moving, count, steps)
        count, steps = lashes(figure, figure.rest, figure.eye_centres).shape[:2]
        self._lashes_moving = self._gl.buffer(reserve=count * steps * 2 * FLOATS * 4)
        self._lashes = self._ribbons("hair", self._lashes_moving, count, steps)
        hair = hair.only(self._showing(hair))
        seen = visible.of(hair.points.reshape(-1, 3), None, bias=0.05)
        tint = strand_light(hair, self.person.hair, seen, self.camera.eye)
        data = self._gl.buffer(ribbons(hair.points, hair.width, hair.with_head, tint).tobytes())
        self._strands = self._ribbons("hair", data, *hair.points.shape[:2])

    def _ribbons(self, name: str, data: Any, count: int, steps: int) -> Any:
        made = self._programs[name]
        return self._gl.vertex_array(made, [(data, *layout(made, LAYOUT))], self._gl.buffer(indices(count, steps)))

    def _showing(self, hair: Strands) -> NDArray[np.bool_]:
        """Which strands (S,) show in at least one of a few views as the head turns; the rest need not be drawn."""
        gl, made = self._gl, self._programs["number"]
        set_uniform(made, "thinnest", _THINNEST_STRAND)
        blank = np.zeros(hair.points.shape, np.float32)
        data = gl.buffer(ribbons(hair.points, hair.width, hair.with_head, blank).tobytes())
        array = self._ribbons("number", data, *hair.points.shape[:2])
        target = gl.framebuffer(gl.renderbuffer(self._size, 4), gl.depth_renderbuffer(self._size))
        showing = np.zeros(len(hair.points), bool)
        for yaw, pitch in _TURNS_DEG:
            pose = Pose({}, yaw, pitch)
            posed = self.figure.pose(pose)
            self._move(pose, posed)
            target.use()
            gl.enable_only(gl.DEPTH_TEST)
            target.clear(depth=1.0)
            self._skin.render()
            set_uniform(made, "head", posed.head.T)
            array.render()
            pixels = np.frombuffer(target.read(components=4, alignment=1), np.uint8).reshape(-1, 4).astype(np.int64)
            number = pixels[:, 0] + 256 * pixels[:, 1]
            showing[number[(pixels[:, 2] == 255) & (number < len(showing))]] = True  # skin may shine as bright
        array.release()
        target.release()
        return showing

    def _move(self, pose: Pose, posed: Posed) -> None:
        """Send what the pose moved to the graphics card."""
        figure, dress = self.figure, self._jumper
        _send(self._skin_moving, posed.skin, posed.skin_normals)
        collar = posed.skin[dress.collar_roots] + dress.collar_offsets
        _send(self._collar_moving, collar, dress.collar_normals.of(collar))
        _send(
            self._tongue_moving,
            posed.tongue,
            figure.tongue_normals.of(posed.tongue),
            np.full((len(posed.tongue), 1), 2),
        )
        rotation, shift = posed.head[:, :3], posed.head[:, 3]
        parts, to_eye = [], []
        for centre, (left, up) in zip(figure.eye_centres, figure.gaze_deg(pose.actions), strict=True):
            gaze = _gaze(left, up)
            from_pupil = np.arccos(np.clip(self._eye_directions @ gaze[:, 2], -1, 1))
            cornea = 0.009 * np.clip(1 - (from_pupil / 0.5) ** 2, 0, 1)
            local = centre + self._eye_directions * (figure.eye_radius + cornea)[:, None]
            parts.append(np.concatenate([local @ rotation.T + shift, self._eye_directions @ rotation.T], 1))
            to_eye.append(rotation @ gaze)  # the inverse, and GLSL takes columns: both transpositions cancel
        _send(self._eyes_moving, np.concatenate(parts))
        set_uniform(self._programs["eye"], "toEye", to_eye)
        mouth = figure.base[figure.head.lip_rings[LIP_INNER]].mean(0) @ rotation.T + shift
        for name in ("skin", "mouth"):
            set_uniform(self._programs[name], "mouthOpen", max(posed.lip_gap, 0.0))
            set_uniform(self._programs[name], "mouthCentre", mouth + np.array([0, 0, 0.04]))

    def _draw_mouth(self, posed: Posed) -> None:
        turn, shift = posed.head[:, :3], posed.head[:, 3:]
        jaw = np.concatenate([turn @ posed.lower_jaw[:, :3], turn @ posed.lower_jaw[:, 3:] + shift], 1)
        for array, move in ((self._rows[0], posed.head), (self._rows[1], jaw), (self._tongue, posed.head)):
            set_uniform(self._programs["mouth"], "move", move.T)
            array.render()

    def _draw_hair(self, posed: Posed) -> None:
        made, brow = self._programs["hair"], self._brow_hairs
        set_uniform(made, "head", posed.head.T)
        set_uniform(made, "thinnest", _THINNEST_STRAND)
        self._strands.render()
        set_uniform(made, "thinnest", _THINNEST_HAIR)
        points = posed.skin_local[brow.roots][:, None] + brow.offsets
        colour = np.asarray(self.person.brows) * (0.7 + 0.9 * brow.shade[:, None]) * _BROW_LIGHT
        self._brows_moving.write(short_hairs(points, brow.width, colour).tobytes())
        self._brows.render()
        lash = lashes(self.figure, posed.skin_local, self.figure.eye_centres)
        dark = np.broadcast_to(_LASHES, (len(lash), 3))
        self._lashes_moving.write(short_hairs(lash, np.full(len(lash), 0.0015), dark).tobytes())
        self._lashes.render()

    def _develop(self, number: int) -> NDArray[np.uint8]:
        self._resolved.build_mipmaps()
        self._out.use()
        self._gl.enable_only(self._gl.NOTHING)
        self._resolved.use(0)
        set_uniform(self._programs["develop"], "seed", ((number + 1) * 0.6180339) % 1.0)
        self._developer.render(self._gl.TRIANGLE_STRIP)
        rgb = np.frombuffer(self._out.read(components=3, alignment=1), np.uint8).reshape(self.height, self.width, 3)
        return np.ascontiguousarray(rgb[::-1])


def _context() -> Any:
    try:
        import moderngl

        create: Any = moderngl.create_context
        return create(standalone=True, **({"backend": "egl"} if sys.platform == "linux" else {}))
    except Exception as error:  # the library's own exceptions differ by system
        raise CountenanceError(Finding(NO_RENDERER, detail=f"{type(error).__name__}: {error}.")) from error


def _send(buffer: Any, *columns: Array) -> None:
    buffer.write(np.concatenate(columns, 1).astype("f4").tobytes())


def _gaze(left_deg: float, up_deg: float) -> Array:
    """Columns: the eye's right, up and gaze axes in head space."""
    a, b = np.radians([left_deg, up_deg])
    yaw = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    pitch = np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]])
    return np.asarray(yaw @ pitch)


def _half_sphere(rings: int, segments: int) -> tuple[Array, Indices]:
    """Unit directions around +z, a little more than half the sphere, and quads."""
    polar = np.linspace(0.0, 1.75, rings)[:, None]
    azimuth = np.linspace(0, 2 * np.pi, segments, endpoint=False)[None]
    rim = np.sin(polar)
    d = np.stack([rim * np.cos(azimuth), rim * np.sin(azimuth), np.cos(polar) * np.ones_like(azimuth)], -1)
    r, c = np.meshgrid(np.arange(rings - 1), np.arange(segments), indexing="ij")
    n = (c + 1) % segments
    quads = np.stack([r * segments + c, (r + 1) * segments + c, (r + 1) * segments + n, r * segments + n], -1)
    return d.reshape(-1, 3).astype(np.float32), quads.reshape(-1, 4).astype(np.int32)
