#include "record.h"

#include <string.h>

#include "base/read.h"

enum {
	VERSION_MAJOR = 3,
	VERSION_MINOR_MAX = 4,
	CLIENT_HELLO = 1,
	SERVER_HELLO = 2,
	ALERT_SIZE = 2,
	ALERT_FATAL = 2,
	CLOSE_NOTIFY = 0
};

enum look
record_look(slice head)
{
	if ((head.n > 0 && (head.p[0] < RECORD_CHANGE_CIPHER_SPEC || head.p[0] > RECORD_HEARTBEAT))
	    || (head.n > 1 && head.p[1] != VERSION_MAJOR) || (head.n > 2 && head.p[2] > VERSION_MINOR_MAX))
		return LOOK_NO;
	if (head.n < RECORD_HEADER)
		return LOOK_MORE;
	return get_be16(head.p + 3) > 0 && get_be16(head.p + 3) <= RECORD_MAX ? LOOK_YES : LOOK_NO;
}

/* RFC 5246 E.2: a two-byte length with the high bit set, then the message type and version. */
static enum look
look_ssl2_hello(slice head)
{
	if (head.p[0] < 0x80 || (head.n > 2 && head.p[2] != CLIENT_HELLO) || (head.n > 3 && head.p[3] != VERSION_MAJOR))
		return LOOK_NO;
	return head.n < RECORD_HELLO ? LOOK_MORE : LOOK_YES;
}

enum look
record_look_hello(slice head, bool of_client)
{
	slice header = slice_take(head, RECORD_HEADER);
	enum look look = record_look(header);

	if (head.n > 0 && of_client && head.p[0] >= 0x80)
		return look_ssl2_hello(head);
	if (look == LOOK_NO || head.n == 0)
		return look;
	if (!of_client && head.p[0] == RECORD_ALERT)
		return head.n < RECORD_HELLO ? LOOK_MORE : LOOK_YES;
	if (head.p[0] != RECORD_HANDSHAKE)
		return LOOK_NO;
	if (head.n < RECORD_HELLO)
		return LOOK_MORE;
	return head.p[RECORD_HEADER] == (of_client ? CLIENT_HELLO : SERVER_HELLO) ? LOOK_YES : LOOK_NO;
}

uint16_t
record_hello_version(slice hello)
{
	return get_be16(hello.p + (hello.p[0] >= 0x80 ? 3 : 1));
}

/* An alert of two bytes is in clear: encrypted it is longer (TLS 1.2), or looks like data (TLS 1.3). True: it is a fatal one, and whole now. */
static bool
take_alert(struct records *r, slice content)
{
	if (r->head[0] != RECORD_ALERT || get_be16(r->head + 3) != ALERT_SIZE)
		return false;
	for (size_t i = 0; i < content.n; i++)
		r->alert[r->nalert++ % ALERT_SIZE] = content.p[i];
	if (r->nalert != ALERT_SIZE)
		return false;
	r->alerted |= r->alert[0] == ALERT_FATAL || r->alert[1] == CLOSE_NOTIFY;
	return r->alert[0] == ALERT_FATAL;
}

/* A byte of a header. False: it cannot be one; nothing was taken. */
static bool
take_head(struct records *r, uint8_t byte)
{
	enum look look;

	r->head[r->nhead] = byte;
	look = record_look((slice){ r->head, r->nhead + 1 });
	if (look == LOOK_NO)
		return false;
	r->nhead++;
	if (look == LOOK_YES) {
		r->rest = get_be16(r->head + 3);
		r->nhead = r->nalert = 0;
		r->count++;
		r->encrypted |= r->head[0] == RECORD_CHANGE_CIPHER_SPEC || r->head[0] == RECORD_APPLICATION;
	}
	return true;
}

size_t
records_walk(struct records *r, slice in, enum walk *why_r)
{
	size_t at = 0;

	*why_r = WALK_ALL;
	while (at < in.n && !r->lost) {
		slice content = slice_take(slice_drop(in, at), r->rest);

		if (content.n > 0) {
			r->rest -= (uint32_t)content.n;
			at += content.n;
			if (take_alert(r, content)) {
				*why_r = WALK_FATAL;
				return at;
			}
		} else if (take_head(r, in.p[at])) {
			at++;
		} else {
			*why_r = WALK_NONE;
			return at;
		}
	}
	return in.n;
}

void
records_begin_hello(struct records *r, slice hello)
{
	enum walk why;

	if (hello.p[0] < 0x80) {
		records_walk(r, hello, &why);	/* of an alert RECORD_HELLO bytes are not all */
		return;
	}
	r->count++;
	r->rest = (get_be16(hello.p) & 0x7fffu) + 2u;
	r->rest -= r->rest < hello.n ? r->rest : (uint32_t)hello.n;
}

void
records_gap(struct records *r, uint64_t missing)
{
	if (missing > r->rest || r->nhead > 0) {
		r->lost = true;
		return;
	}
	r->rest -= (uint32_t)missing;
	r->nalert += (size_t)missing;		/* an alert with a hole says nothing */
}
