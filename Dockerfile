# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
#
# The server in a container, from a finished build:
#
#   mvn -DskipTests package
#   docker build -t redistill .
#   docker run -p 6379:6379 -e REDISTILL_PASSWORD=… redistill
#
# It listens on all addresses of the container, and protected mode stays on: without a password only clients inside the
# container are served, the rest get -DENIED. Give REDISTILL_PASSWORD, or REDISTILL_PROTECTED_MODE=no where the network
# around the container is trusted. Memory and heap follow the container's limit (docker run --memory).
FROM debian:bookworm-slim

RUN apt-get update \
 && apt-get install -y --no-install-recommends openjdk-17-jre-headless \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --home-dir /redistill --shell /usr/sbin/nologin redistill

# The launcher looks for java in JAVA_HOME or on the PATH, and for the jar where a build leaves it.
WORKDIR /redistill
COPY redistill launcher.bash jvm.options jvm-production.options LICENSE NOTICE ./
COPY network/target/redistill.jar network/target/
COPY network/target/lib/ network/target/lib/

USER redistill
EXPOSE 6379
ENV REDISTILL_BIND=0.0.0.0
ENTRYPOINT ["./redistill"]
