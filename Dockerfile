# camweave for one machine or many: every command of it, on a CPU, as a user without rights.
# EXTRAS are those of pyproject.toml, with spaces between: "onnx rabbitmq postgres mqtt openvino".
ARG PYTHON=3.12
ARG BASE=python:${PYTHON}-slim-bookworm

FROM ${BASE} AS build
ARG EXTRAS="onnx rabbitmq postgres mqtt"
ENV UV_PROJECT_ENVIRONMENT=/opt/camweave \
    UV_PYTHON_DOWNLOADS=never \
    UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1
RUN pip install --no-cache-dir --root-user-action=ignore uv==0.13.8
WORKDIR /src
# What changes seldom comes first, so that it need not be installed again; each extra is a word.
COPY pyproject.toml uv.lock README.md LICENSE ./
# hadolint ignore=SC2046
RUN uv sync --frozen --no-default-groups --no-install-project $(printf -- '--extra %s ' ${EXTRAS})
COPY src src
RUN uv build --wheel --out-dir /wheel

FROM ${BASE}
# What it writes: its own files, and compiled kernels, which may be kept from one start to the next.
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin camweave \
 && install -d -o camweave -g camweave /etc/camweave /var/lib/camweave /var/cache/camweave
# A layer for the packages, and a small one for camweave: the next version of it is soon fetched.
COPY --from=build /opt/camweave /opt/camweave
RUN --mount=type=bind,from=build,source=/wheel,target=/wheel \
    pip --python /opt/camweave/bin/python install --no-cache-dir --root-user-action=ignore \
    --no-index --no-deps /wheel/*.whl
ENV PATH=/opt/camweave/bin:$PATH \
    HOME=/var/lib/camweave \
    NUMBA_CACHE_DIR=/var/cache/camweave \
    OMP_NUM_THREADS=1 \
    ORT_DISABLE_TELEMETRY=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /var/lib/camweave
# Roles answer at the port of CAMWEAVE_METRICS; `live` and `serve` at theirs. It is asked often, by
# every container: so with the least of Python.
HEALTHCHECK --interval=10s --timeout=8s --start-period=60s --retries=3 \
    CMD ["python", "-ISc", "import os, socket as s; c = s.create_connection(('127.0.0.1', int(os.environ.get('CAMWEAVE_METRICS', '8080').rpartition(':')[2])), 8); c.sendall(b'GET /healthz HTTP/1.0\\r\\n\\r\\n'); assert b' 200 ' in c.recv(64)"]
# Ctrl-C and SIGTERM end every command cleanly.
STOPSIGNAL SIGTERM
ENTRYPOINT ["camweave"]
CMD ["--help"]
