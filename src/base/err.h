/*
 * err.h - for our own mistakes and for the machine's failures.
 *
 * Hostile input never comes here: it is an event (event.h). CHECK() is for
 * what cannot happen unless this program is wrong; it stays in every build,
 * because going on with a broken invariant is worse than stopping. die() is
 * for a machine that has no memory left.
 */
#ifndef ERR_H
#define ERR_H

#include <stddef.h>

#define CHECK(cond) \
	((cond) ? (void)0 : check_failed(#cond, __FILE__, __LINE__))

_Noreturn void check_failed(const char *what, const char *file, int line);
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));	/* exit 1 */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));		/* one line "smtptap: …" on stderr, escaped */

/*
 * From now on what this thread warns of goes into the buf, a line each without
 * the program's name, instead of to stderr. NULL: to stderr again. Returns what held before.
 */
struct buf;
struct buf *warn_catch(struct buf *);

/* Memory, or die(). The products are checked; size 0 gives a unique pointer. */
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *, size_t count, size_t size);

#endif
