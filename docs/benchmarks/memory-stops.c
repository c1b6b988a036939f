// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
//
// How long does the machine itself hold a thread that touches memory? In a virtual machine whose host maps memory late, or
// takes it back, the thread is charged for the wait: its own processor time grows by milliseconds in one instruction. Run
// it before you believe that a longest command is the server's:
//
//   cc -O2 -o memory-stops docs/benchmarks/memory-stops.c
//   taskset -c 0 ./memory-stops 20 1200      # seconds, MiB; 0 MiB only reads the clock
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

static uint64_t now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static uint64_t longest, above1, above2;

static void note(uint64_t since) {
  uint64_t took = now(CLOCK_THREAD_CPUTIME_ID) - since;
  if (took > longest) longest = took;
  above1 += took > 1000000;
  above2 += took > 2000000;
}

static void tell(const char *what) {
  printf("%s: longest %.2f ms of the thread's processor time, above 1 ms %llu, above 2 ms %llu\n", what, longest / 1e6,
         (unsigned long long)above1, (unsigned long long)above2);
  longest = above1 = above2 = 0;
}

int main(int count, char **arguments) {
  if (count != 3) {
    fprintf(stderr, "usage: memory-stops SECONDS MIB\n");
    return 2;
  }
  uint64_t seconds = strtoull(arguments[1], NULL, 10);
  size_t bytes = strtoull(arguments[2], NULL, 10) << 20;
  char *memory = NULL;
  if (bytes > 0) {
    memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
      perror("mmap");
      return 1;
    }
    madvise(memory, bytes, MADV_HUGEPAGE);
    for (size_t i = 0; i < bytes; i += 4096) {
      uint64_t since = now(CLOCK_THREAD_CPUTIME_ID);
      memory[i] = 1;
      note(since);
    }
    tell("first touch of each page");
  }
  uint64_t end = now(CLOCK_MONOTONIC) + seconds * 1000000000ull;
  uint64_t x = 88172645463325252ull;
  while (now(CLOCK_MONOTONIC) < end) {
    uint64_t since = now(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < 8; i++) {
      x ^= x << 13;
      x ^= x >> 7;
      x ^= x << 17;
      if (bytes > 0) memory[x % bytes]++;
    }
    note(since);
  }
  tell(bytes > 0 ? "random writes to it afterwards" : "clock alone");
  return 0;
}
