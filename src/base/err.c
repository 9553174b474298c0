#include "err.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "clean.h"

void
check_failed(const char *what, const char *file, int line)
{
	fprintf(stderr, "smtptap: internal error: %s (%s:%d)\n", what, file, line);
	abort();
}

/* File names and the words of a command line are foreign, too: nothing of them reaches the terminal unescaped. */
static void __attribute__((format(printf, 1, 0)))
say(const char *format, va_list args)
{
	char line[1024];
	struct buf clean;

	vsnprintf(line, sizeof line, format, args);
	if (clean_is_plain(slice_of(line))) {
		fprintf(stderr, "smtptap: %s\n", line);
		return;
	}
	buf_init(&clean, 8 * sizeof line);
	clean_add(&clean, slice_of(line), CLEAN_TERMINAL);
	fprintf(stderr, "smtptap: %.*s\n", (int)clean.n, (const char *)clean.p);
	buf_fini(&clean);
}

void
die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	exit(1);
}

void
warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
}

void *
xcalloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (p == NULL)
		die("out of memory");
	return p;
}

void *
xrealloc(void *old, size_t count, size_t size)
{
	void *p;

	if (size != 0 && count > SIZE_MAX / size)
		die("out of memory");
	p = realloc(old, count != 0 && size != 0 ? count * size : 1);
	if (p == NULL)
		die("out of memory");
	return p;
}
