#include "err.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "clean.h"
#include "limits.h"

void
check_failed(const char *what, const char *file, int line)
{
	fprintf(stderr, "smtptap: internal error: %s (%s:%d)\n", what, file, line);
	abort();
}

static _Thread_local struct buf *caught;

struct buf *
warn_catch(struct buf *into)
{
	struct buf *before = caught;

	caught = into;
	return before;
}

/* File names and the words of a command line are foreign, too: nothing of them reaches the terminal unescaped. */
static void __attribute__((format(printf, 2, 0)))
clean_line(struct buf *out, const char *format, va_list args)
{
	char line[1024];

	vsnprintf(line, sizeof line, format, args);
	clean_add(out, slice_of(line), CLEAN_TERMINAL);
	buf_add_byte(out, '\n');
}

static void __attribute__((format(printf, 1, 0)))
say(const char *format, va_list args)
{
	struct buf clean;

	buf_init(&clean, 8 * KiB + 1);
	clean_line(&clean, format, args);
	fprintf(stderr, "smtptap: %.*s", (int)clean.n, (const char *)clean.p);
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
	if (caught != NULL)
		clean_line(caught, format, args);
	else
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
