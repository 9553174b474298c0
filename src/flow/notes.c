#include <stdarg.h>
#include <stdio.h>

#include "connection.h"

enum { NOTE_TEXT = 256, TTL_FAR = 8 };

static void tell(struct flow *, enum finding, enum dir, int64_t, struct origin, const char *, va_list) __attribute__((format(printf, 6, 0)));

static void
tell(struct flow *f, enum finding finding, enum dir dir, int64_t offset, struct origin from, const char *format, va_list args)
{
	struct stream_user *u = &f->flows->user;
	char text[NOTE_TEXT];

	vsnprintf(text, sizeof text, format, args);
	u->note(u->self, f->opened ? f->conn : NULL, f, finding, dir, offset > 0 ? (uint64_t)offset : 0, from, slice_of(text));
}

void
note(struct flow *f, enum finding finding, enum dir dir, int64_t offset, struct origin from, const char *format, ...)
{
	va_list args;

	if (flow_over(f))
		return;
	va_start(args, format);
	tell(f, finding, dir, offset, from, format, args);
	va_end(args);
}

static uint32_t
bit_of(enum finding finding)
{
	_Static_assert(FINDING_TCP_ZERO_WINDOW - FINDING_TCP_AFTER_FIN < 32, "a bit for each finding of TCP");

	return 1u << (finding - FINDING_TCP_AFTER_FIN);
}

bool
note_was_told(const struct flow *f, enum finding finding)
{
	return (f->told[DIR_CLIENT] | f->told[DIR_SERVER]) & bit_of(finding);
}

bool
note_once(struct flow *f, enum finding finding, enum dir dir, int64_t offset, struct origin from, const char *format, ...)
{
	va_list args;

	if (flow_over(f) || f->told[dir] & bit_of(finding))
		return false;
	f->told[dir] |= bit_of(finding);
	va_start(args, format);
	tell(f, finding, dir, offset, from, format, args);
	va_end(args);
	return true;
}

/* Of no connection: flow and conn are NULL. */
void
note_load(struct flows *fs, enum finding finding, const char *format, ...)
{
	char text[NOTE_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	fs->user.note(fs->user.self, NULL, NULL, finding, DIR_CLIENT, 0, (struct origin){ .time = fs->now }, slice_of(text));
}

void
note_odd_ttl(struct flow *f, enum dir dir, uint8_t ttl, int64_t offset, struct origin from, const char *what)
{
	int usual = f->stream[dir].ttl, away = ttl > usual ? ttl - usual : usual - ttl;

	if (usual != 0 && away > TTL_FAR)
		note_once(f, FINDING_TCP_LOW_TTL, dir, offset, from, "%s with TTL %u, usually %d", what, (unsigned)ttl, usual);
}
