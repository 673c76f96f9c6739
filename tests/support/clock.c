/* Puts a program's wall clock forward while it runs: the file that CLOCK_AHEAD names holds how many seconds, as a
   64-bit number of the machine. Clocks that only measure stay as they are. Loaded with LD_PRELOAD. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *ahead;

__attribute__((constructor)) static void look_up(void) {
  const char *path = getenv("CLOCK_AHEAD");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) abort();
  void *page = mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
  if (page == MAP_FAILED) abort();
  ahead = page;
  close(file);
}

int clock_gettime(clockid_t which, struct timespec *time) {
  int failed = (int)syscall(SYS_clock_gettime, which, time);
  if (!failed && which == CLOCK_REALTIME && ahead) time->tv_sec += *ahead;
  return failed;
}
