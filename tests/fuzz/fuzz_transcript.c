/*
 * Transcripts from any events. The input is a list of them: a byte that says
 * which, one for flags, one for the length of the text, the text. Oracles: the
 * transcript is valid UTF-8, every byte of it printable or a line end of ours;
 * no text of a secret event is in it; a session's end is always told.
 */
#include <string.h>

#include "base/clean.h"
#include "base/err.h"
#include "base/read.h"
#include "sink/transcript.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum { FLAG_SECRET = 1, FLAG_SERVER = 2, FLAG_AMBIGUOUS = 4, FLAG_GAP = 8, FLAG_CUT = 16 };

static const slice marker = { (const uint8_t *)"hunter2", 7 };

static struct tcp_facts tcp = { .first = NSTIME_S, .handshake = NSTIME_MS };

static struct event
command_of(struct event e, slice text, uint8_t flags)
{
	static const char *const verbs[] = { "MAIL", "RCPT", "AUTH", "AUTH*", "QUIT", "" };

	e.u.command = (struct ev_command){ .serial = flags, .mail = flags & 3, .line = e.at.secret ? marker : text, .args = text,
	    .verb = slice_of(verbs[flags % 6]), .line_end = (uint8_t)(flags & 32 ? 2 : '\n') };
	return e;
}

static struct event
reply_of(struct event e, slice text, uint8_t flags)
{
	static slice line[2];

	line[0] = line[1] = text;
	e.u.reply = (struct ev_reply){ .mail = flags & 3, .code = flags * 3, .text = text, .line = line, .nline = flags % 3u,
	    .verb = flags & 32 ? S(".") : S("RCPT"), .address = text, .wait = flags * NSTIME_MS, .ambiguous = flags & FLAG_AMBIGUOUS };
	return e;
}

/* Eight parts at most, numbered as they come. */
static struct ev_part_begin
part_of(slice text, uint8_t flags)
{
	return (struct ev_part_begin){ .mail = 1, .part = 1 + (flags & 7), .parent = flags >> 3 & 7, .kind = flags >> 6, .path = text,
	    .content_type = text, .charset = text, .filename = flags & 8 ? text : SLICE_NONE, .declared = flags & 4 };
}

/* The event for one entry of the input; false: not one that a transcript wants. */
static bool
event_of(enum ev_kind kind, slice text, uint8_t flags, struct event *e)
{
	*e = (struct event){ .kind = kind, .at = { .session = 1, .packet = flags, .time = 2 * NSTIME_S, .offset = flags,
	    .length = text.n + 2, .dir = flags & FLAG_SERVER ? DIR_SERVER : DIR_CLIENT, .secret = flags & FLAG_SECRET,
	    .after_gap = flags & FLAG_GAP, .truncated = flags & FLAG_CUT } };
	switch (kind) {
	case EV_COMMAND:	*e = command_of(*e, text, flags); break;
	case EV_REPLY:		*e = reply_of(*e, text, flags); break;
	case EV_AUTH:		e->u.auth = (struct ev_auth){ .mechanism = text, .user = text, .secret = marker, .code = flags }; break;
	case EV_TLS:		e->u.tls = (struct ev_tls){ flags % 3u, flags & 4 ? "implicit" : "starttls", 0 }; break;
	case EV_PROXY:		e->u.proxy = (struct ev_proxy){ .by = "PROXY", .name = text, .client.addr.family = flags & 4 }; break;
	case EV_MAIL_BEGIN:	e->u.mail_begin = (struct ev_mail_begin){ flags & 3, flags, "DATA" }; break;
	case EV_MAIL_BYTES:	e->u.mail_bytes = (struct ev_mail_bytes){ flags & 3, text, false }; break;
	case EV_MAIL_END:	e->u.mail_end = (struct ev_mail_end){ .mail = flags & 3, .size = text.n, .missing = flags & 4 }; break;
	case EV_HEADER:		e->u.header = (struct ev_header){ 1, flags & 1 ? S("From") : S("subject"), text, text }; break;
	case EV_GAP:		e->u.gap = (struct ev_gap){ .missing = flags, .dropped = flags / 3 }; break;
	case EV_ANOMALY:	e->u.anomaly = (struct ev_anomaly){ flags % FINDINGS, 0, text }; break;
	case EV_PART_BEGIN:	e->u.part_begin = part_of(text, flags); break;
	case EV_PART_TEXT:	e->u.part_text = (struct ev_part_text){ 1, 1 + (flags & 7), text }; break;
	case EV_PART_FACT:	e->u.part_fact = (struct ev_part_fact){ 1, 1 + (flags & 7), flags >> 3, flags & 16 ? S("Action") : text, text }; break;
	case EV_PART_MEMBER:	e->u.part_member = (struct ev_part_member){ .part = 1 + (flags & 7), .name = text, .size = flags, .encrypted = flags & 8 }; break;
	case EV_PART_END:	e->u.part_end = (struct ev_part_end){ .part = 1 + (flags & 7), .size = text.n, .whole = flags & 8, .has_sha256 = true }; break;
	case EV_URL:		e->u.url = (struct ev_url){ 1, 1 + (flags & 7), text, text, flags & 8 ? text : S("") }; break;
	case EV_PACKET:		break;
	default:		return false;
	}
	return true;
}

static void
check_output(slice out, bool told_marker)
{
	size_t n = 0;

	CHECK(out.n > 0 && out.p[out.n - 1] == '\n');
	for (size_t i = 0; i < out.n; i++)
		CHECK(out.p[i] == '\n' || (out.p[i] >= 0x20 && out.p[i] != 0x7f));
	for (slice line, rest = out; rest.n > 0; n++) {
		slice_cut(rest, '\n', &line, &rest);
		CHECK(clean_scan(line) == 0);
		for (size_t i = 0; !told_marker && i + marker.n <= line.n; i++)
			CHECK(memcmp(line.p + i, marker.p, marker.n) != 0);
	}
	CHECK(n >= 5);		/* two of title, connected, closed, footer */
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct reader r = reader_of((slice){ p, n });
	uint8_t how = read_u8(&r);
	struct paint paint = { .when = { .format = how & 7, .digits = 6, .relative_digits = 3 }, .verbose = how >> 3 & 3,
	    .wire = how & 32, .hex = how & 64 };
	struct row_style style = { .full = how & 16, .digests = WANT_SHA256 };
	struct row_page *page = row_page_new();
	struct transcript *t = transcript_new(&paint, &style, page);
	struct rec_session s = { .tcp = tcp, .closed = true };
	struct event e = { .kind = EV_OPEN, .at.session = 1, .u.open = { .protocol = "smtp", .tcp = &tcp } };
	bool told = false;
	struct buf out;

	transcript_event(t, &e);
	while (r.rest.n > 0) {
		enum ev_kind kind = read_u8(&r) % EV_KINDS;
		uint8_t flags = read_u8(&r);
		uint8_t length = read_u8(&r);
		slice text = read_bytes(&r, length < r.rest.n ? length : r.rest.n);

		told |= kind == EV_MAIL_BYTES;		/* pieces may make up the marker together */
		for (size_t i = 0; i + marker.n <= text.n; i++)
			told |= memcmp(text.p + i, marker.p, marker.n) == 0;
		if (event_of(kind, text, flags, &e))
			transcript_event(t, &e);
	}
	e = (struct event){ .kind = EV_CLOSE, .at.session = 1, .u.close = { how % 5, DIR_CLIENT, &tcp } };
	transcript_event(t, &e);
	buf_init(&out, SIZE_MAX / 2);
	transcript_print(t, &s, &out);
	check_output(buf_slice(&out), told);
	buf_fini(&out);
	transcript_free(&t);
	row_page_free(&page);
	return 0;
}
