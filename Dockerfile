# dedupe as an image: no root, no network, no cache, nothing written but reports.
#
#   docker build --tag dedupe .
#   docker run --rm --network none --read-only --volume "$PWD:/texts:ro" dedupe scan .

FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN python -m pip wheel --no-cache-dir --disable-pip-version-check --wheel-dir /wheels .

FROM python:3.12-slim
# The wheels are mounted while they are installed; no layer keeps them.
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    python -m pip install --no-cache-dir --disable-pip-version-check \
    --no-index --find-links /wheels dedupe-arabic
# The bytecode is there already, and where the root is read-only none can be written.
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUTF8=1
USER 10001:10001
WORKDIR /texts
ENTRYPOINT ["dedupe"]
CMD ["--help"]
