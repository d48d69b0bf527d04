# Two commands matter: `make demo` runs the main job, `make test` passes the tests. Both set up what they need.
UV := $(shell command -v uv 2>/dev/null || echo .venv-uv/bin/uv)

.PHONY: demo test setup lint types layers unit

demo: $(UV)
	$(UV) sync --locked --inexact --no-dev --quiet
	$(UV) run --no-sync countenance demo

test: setup lint types layers unit

lint types layers unit: setup

# What else is installed stays: torch, for those who want mouths refined.
setup: $(UV)
	$(UV) sync --locked --inexact --quiet

# uv comes through pip where the machine has none; nothing outside this folder is touched.
.venv-uv/bin/uv:
	python3 -m venv .venv-uv
	.venv-uv/bin/pip install --quiet uv

lint:
	$(UV) run --no-sync ruff check .
	$(UV) run --no-sync ruff format --check .

types:
	$(UV) run --no-sync mypy

layers:
	$(UV) run --no-sync lint-imports

# Three at a time on two cores, since many tests wait. Libraries that each take all cores would only stand in each
# other's way. Hundreds of processes start, so what Python compiles is kept, whatever the machine is set to.
unit: export OMP_NUM_THREADS = 1
unit: export OPENBLAS_NUM_THREADS = 1
unit: export PYTHONDONTWRITEBYTECODE =
unit:
	$(UV) run --no-sync pytest -n 3 --dist loadscope --no-loadscope-reorder
