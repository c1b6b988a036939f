# shellcheck shell=bash
# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
#
# What the launchers ./redistill and ./harness share: finding a JDK, and a build that is up to date. To be sourced with
# root (the folder of this file) and launcher (the name for messages) set; then use_module, find_java, build_if_needed.
# Runs under bash 3.2, so no associative arrays, no ${x,,}, no empty "${array[@]}".
# shellcheck disable=SC2154,SC2034

say() { printf '%s: %s\n' "$launcher" "$*" >&2; }
die() { say "$@"; exit 1; }

use_module() { # module, name of its jar -> sets module, jar, stamp
  module=$1
  jar=$root/$module/target/$2
  stamp=$root/$module/target/.$launcher-built
}

follow() { # path -> the file behind any symbolic links (macOS has no readlink -f)
  local path=$1 target
  while [ -L "$path" ]; do
    target=$(readlink "$path")
    case $target in
      /*) path=$target ;;
      *) path=$(dirname "$path")/$target ;;
    esac
  done
  printf '%s\n' "$path"
}

# ---- a JDK --------------------------------------------------------------------------------------------------------
# The version is read from the JDK's "release" file: asking java itself costs a tenth of a second at every start.
version_of() { # java home -> sets version ("17.0.15") and major ("17"); false when there is no java
  local line
  version='' major=0
  [ -x "$1/bin/java" ] || return 1
  if [ -r "$1/release" ]; then
    while IFS= read -r line; do
      case $line in
        JAVA_VERSION=*) version=${line#JAVA_VERSION=}; version=${version//\"/} ;;
      esac
    done <"$1/release"
  fi
  if [ -z "$version" ]; then
    version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p')
  fi
  major=${version%%[!0-9]*}
  if [ "${major:-0}" = 1 ]; then major=${version#1.}; major=${major%%[!0-9]*}; fi
  major=${major:-0}
}

java_home='' found=''
find_java() {
  local candidate path_java
  path_java=$(command -v java 2>/dev/null)
  if [ -n "$path_java" ]; then
    path_java=$(follow "$path_java")
    path_java=${path_java%/bin/java}
    if [ ! -r "$path_java/release" ]; then path_java=$(cd "$path_java" 2>/dev/null && pwd -P); fi
  fi
  for candidate in "${JAVA_HOME:-}" "$path_java"; do
    [ -n "$candidate" ] || continue
    if version_of "$candidate" && [ "$major" -ge 17 ]; then java_home=$candidate; return; fi
    case $found in *"; $candidate is "*) ;; *) found="$found; $candidate is ${version:-no JDK}" ;; esac
  done
  die "Java 17 or newer is needed: set JAVA_HOME or put java on the PATH${found:+ (found${found#;})}"
}

# ---- a build that is up to date -----------------------------------------------------------------------------------
sources_are_newer() {
  local reference=$jar
  # Maven leaves a jar alone when only its neighbours changed; the stamp tells that it was looked at.
  if [ "$stamp" -nt "$jar" ]; then reference=$stamp; fi
  set +f
  [ -n "$(find "$root/pom.xml" "$root"/*/pom.xml "$root"/*/src/main "$root"/*/build \
    -newer "$reference" -print -quit 2>/dev/null)" ]
  local newer=$?
  set -f
  return $newer
}

build() {
  local started=$SECONDS reason=$1
  [ -x "$java_home/bin/javac" ] || die "$reason, and $java_home has no javac: a JDK is needed to build, not a JRE"
  command -v mvn >/dev/null 2>&1 || die "$reason, and Maven is missing: install Maven 3.8 or newer (mvn on the PATH)"
  say "$reason: building with Maven, this takes a minute the first time"
  mkdir -p "$root/$module/target" && : >"$stamp.new" || exit 1
  # Tests, formatting and the like are for "mvn verify"; stdout stays free for the server's own.
  (cd "$root" && JAVA_HOME=$java_home mvn -q -B -DskipTests -Dspotless.check.skip -pl "$module" -am package) >&2 ||
    die "the build failed (mvn package in $root)"
  [ -f "$jar" ] || die "the build made no $jar"
  mv "$stamp.new" "$stamp" # its time is that of the beginning: what is edited meanwhile is built next time
  say "built in $((SECONDS - started)) s"
  built=yes
}

built=no
build_if_needed() { # sets built to yes when it had to
  if [ -f "$root/pom.xml" ] && [ -d "$root/engine/src/main" ]; then
    if [ ! -f "$jar" ]; then
      build "there is no build yet"
    elif sources_are_newer; then
      build "sources are newer than the build"
    fi
  elif [ ! -f "$jar" ]; then
    die "$jar is missing, and there are no sources here to build it from"
  fi
}
