/*
 * reread.c - is a message that is read again what it was the first time?
 *
 *	reread CAPTURE...
 *
 * Each message's EV_MAIL_BYTES are fed to model/message/reread.h while they come, and all that it says of header fields and parts is
 * compared with what the dissector said. Prints what differs, and last how many messages and parts were compared; exit 1 if
 * one differed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "capture/file.h"
#include "decode/decode.h"
#include "engine/engine.h"
#include "model/message/reread.h"

enum { WHOLE_WORDS = 200 };

/* What one of the two readings said: a line for each call, and digests of what came in pieces. */
struct said {
	struct buf text;
	uint64_t bytes[2];		/* of bytes and of text, mixed */
};

struct message {
	struct message *next;
	uint64_t session;
	uint32_t mail;
	bool server_reading;
	struct said first, again;
	struct reread *reread;
	bool over;
};

static struct message *messages;
static unsigned compared, parts, wrong;

static uint64_t
mix(uint64_t h, uint32_t part, slice s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ s.p[i] ^ (uint64_t)part << 20) * UINT64_C(0x100000001b3);
	return h;
}

static void
add(struct said *s, slice word)
{
	char number[32];

	snprintf(number, sizeof number, " %zu:", word.n);
	buf_text(&s->text, word.p == NULL ? " -" : number);
	buf_add(&s->text, slice_take(word, WHOLE_WORDS));
}

static void
say_field(struct said *s, slice name, slice raw, slice decoded)
{
	buf_text(&s->text, "field");
	add(s, name);
	add(s, raw);
	add(s, decoded);
	buf_text(&s->text, "\n");
}

static void
say_begin(struct said *s, const struct ev_part_begin *b)
{
	buf_printf(&s->text, "begin %" PRIu32 " in %" PRIu32 " kind %d depth %u declared %d", b->part, b->parent, (int)b->kind, b->depth, b->declared);
	add(s, b->path);
	add(s, b->content_type);
	add(s, b->charset);
	add(s, b->encoding);
	add(s, b->disposition);
	add(s, b->filename);
	buf_text(&s->text, "\n");
}

static void
say_end(struct said *s, const struct ev_part_end *e)
{
	char hex[SHA256_HEX];

	buf_printf(&s->text, "end %" PRIu32 " size %" PRIu64 " missing %" PRIu64 " whole %d truncated %d %s %s\n", e->part, e->size, e->missing,
	    e->whole, e->truncated, e->detected ? e->detected : "-", e->has_sha256 ? hex_encode((slice){ e->sha256, SHA256_SIZE }, hex) : "-");
}

static void
say_fact(struct said *s, const struct ev_part_fact *f)
{
	buf_printf(&s->text, "fact %" PRIu32 " %u", f->part, f->group);
	add(s, f->name);
	add(s, f->value);
	buf_text(&s->text, "\n");
}

static void
say_member(struct said *s, const struct ev_part_member *m)
{
	buf_printf(&s->text, "member %" PRIu32 " %u", m->part, m->depth);
	add(s, m->name);
	buf_text(&s->text, "\n");
}

static void
say_url(struct said *s, const struct ev_url *u)
{
	buf_printf(&s->text, "url %" PRIu32, u->part);
	add(s, u->url);
	add(s, u->text);
	buf_text(&s->text, "\n");
}

/* --- again --- */

static void again_begin(void *self, struct ev_part_begin *b, const struct mime_at *at) { (void)at; say_begin(self, b); }
static void again_end(void *self, struct ev_part_end *e, const struct mime_at *at) { (void)at; say_end(self, e); }
static void again_fact(void *self, struct ev_part_fact *f, const struct mime_at *at) { (void)at; say_fact(self, f); }
static void again_member(void *self, struct ev_part_member *m, const struct mime_at *at) { (void)at; say_member(self, m); }
static void again_url(void *self, struct ev_url *u, const struct mime_at *at) { (void)at; say_url(self, u); }

static void
again_bytes(void *self, struct ev_part_bytes *b, const struct mime_at *at)
{
	struct said *s = self;

	(void)at;
	s->bytes[0] = mix(s->bytes[0], b->part, b->bytes);
}

static void
again_text(void *self, struct ev_part_text *t, const struct mime_at *at)
{
	struct said *s = self;

	(void)at;
	s->bytes[1] = mix(s->bytes[1], t->part, t->text);
}

static void
again_field(void *self, const struct header_field *f, slice decoded, uint64_t offset)
{
	(void)offset;
	say_field(self, f->name, f->value, decoded);
}

static const struct mime_user again = { .begin = again_begin, .bytes = again_bytes, .text = again_text, .fact = again_fact,
    .member = again_member, .end = again_end, .url = again_url };

/* --- the first time --- */

static struct message *
find(const struct event *ev, uint32_t mail)
{
	struct message *m = messages;

	while (m != NULL && (m->session != ev->at.session || m->mail != mail || m->server_reading != ev->at.server_reading || m->over))
		m = m->next;
	return m;
}

static void
begin(const struct event *ev)
{
	struct message *m = xcalloc(1, sizeof *m);
	struct reread_user user = { .self = &m->again, .mime = again, .field = again_field };

	user.mime.self = &m->again;
	m->session = ev->at.session;
	m->mail = ev->u.mail_begin.mail;
	m->server_reading = ev->at.server_reading;
	buf_init(&m->first.text, 64 * MiB);
	buf_init(&m->again.text, 64 * MiB);
	m->reread = reread_new(&user, WANT_INSIDE | WANT_SHA256, ev);
	m->next = messages;
	messages = m;
}

static void
end(struct message *m, const struct event *ev)
{
	const struct ev_mail_end *e = &ev->u.mail_end;

	reread_finish(m->reread, e->whole);
	reread_free(&m->reread);
	m->over = true;
	if (!e->whole && e->missing == 0)
		goto out;			/* nobody tells whether its end was seen */
	compared++;
	if (slice_eq(buf_slice(&m->first.text), buf_slice(&m->again.text)) && m->first.bytes[0] == m->again.bytes[0]
	    && m->first.bytes[1] == m->again.bytes[1])
		goto out;
	wrong++;
	printf("session %" PRIu64 " mail %" PRIu32 ":\n--- first (bytes %016" PRIx64 " text %016" PRIx64 ")\n%.*s--- again (bytes %016" PRIx64
	    " text %016" PRIx64 ")\n%.*s", m->session, m->mail, m->first.bytes[0], m->first.bytes[1], (int)m->first.text.n,
	    (const char *)m->first.text.p, m->again.bytes[0], m->again.bytes[1], (int)m->again.text.n, (const char *)m->again.text.p);
out:
	buf_fini(&m->first.text);
	buf_fini(&m->again.text);
}

static uint32_t
mail_of(const struct event *ev)
{
	switch (ev->kind) {
	case EV_MAIL_BYTES:	return ev->u.mail_bytes.mail;
	case EV_MAIL_END:	return ev->u.mail_end.mail;
	case EV_HEADER:		return ev->u.header.mail;
	case EV_GAP:		return ev->u.gap.mail;
	case EV_PART_BEGIN:	return ev->u.part_begin.mail;
	case EV_PART_BYTES:	return ev->u.part_bytes.mail;
	case EV_PART_TEXT:	return ev->u.part_text.mail;
	case EV_PART_FACT:	return ev->u.part_fact.mail;
	case EV_PART_MEMBER:	return ev->u.part_member.mail;
	case EV_PART_END:	return ev->u.part_end.mail;
	case EV_URL:		return ev->u.url.mail;
	default:		return 0;
	}
}

static void
listen(struct message *m, const struct event *ev)
{
	struct said *s = &m->first;

	switch (ev->kind) {
	case EV_MAIL_BYTES:	reread_bytes(m->reread, ev, ev->u.mail_bytes.bytes); break;
	case EV_GAP:		reread_gap(m->reread, ev); break;
	case EV_MAIL_END:	end(m, ev); break;
	case EV_HEADER:		say_field(s, ev->u.header.name, ev->u.header.value, ev->u.header.decoded); break;
	case EV_PART_BEGIN:	say_begin(s, &ev->u.part_begin); parts++; break;
	case EV_PART_BYTES:	s->bytes[0] = mix(s->bytes[0], ev->u.part_bytes.part, ev->u.part_bytes.bytes); break;
	case EV_PART_TEXT:	s->bytes[1] = mix(s->bytes[1], ev->u.part_text.part, ev->u.part_text.text); break;
	case EV_PART_FACT:	say_fact(s, &ev->u.part_fact); break;
	case EV_PART_MEMBER:	say_member(s, &ev->u.part_member); break;
	case EV_PART_END:	say_end(s, &ev->u.part_end); break;
	case EV_URL:		say_url(s, &ev->u.url); break;
	default:		break;
	}
}

static int
on_event(void *self, const struct event *ev)
{
	struct message *m;

	(void)self;
	if (ev->kind == EV_MAIL_BEGIN)
		begin(ev);
	else if ((m = find(ev, mail_of(ev))) != NULL)
		listen(m, ev);
	return 0;
}

static int
on_close(void *self, bool failed)
{
	(void)self;
	(void)failed;
	return 0;
}

static void
no_note(void *self, enum finding f, uint64_t packet, nstime time, uint64_t offset, slice detail)
{
	(void)self, (void)f, (void)packet, (void)time, (void)offset, (void)detail;
}

static void
forget(void)
{
	while (messages != NULL) {
		struct message *m = messages;

		messages = m->next;
		reread_free(&m->reread);
		buf_fini(&m->first.text);
		buf_fini(&m->again.text);
		free(m);
	}
}

/* What is no capture was said so, and is of no interest here. */
static void
run(const char *path)
{
	static const struct sink_ops ops = { .name = "reread", .event = on_event, .close = on_close };
	const struct file_options file = { .path = &path, .npath = 1, .linktype_known = decode_linktype_known, .user = { NULL, no_note } };
	struct source source;
	struct engine_options options = { .source = &source, .memory = LIMIT_MEMORY, .keep = FOLD_MESSAGES };
	struct engine_result result;
	struct engine *e;
	int status;
	const struct sink sink = { &ops, NULL, WANT(EV_MAIL_BEGIN) | WANT(EV_MAIL_BYTES) | WANT(EV_MAIL_END) | WANT(EV_HEADER) | WANT(EV_GAP)
	    | WANT(EV_PART_BEGIN) | WANT(EV_PART_BYTES) | WANT(EV_PART_TEXT) | WANT(EV_PART_FACT) | WANT(EV_PART_MEMBER)
	    | WANT(EV_PART_END) | WANT(EV_URL) | WANT_INSIDE | WANT_SHA256 };

	if (file_open(&file, &source, &status) != 0)
		return;
	e = engine_new(&options);
	engine_add_sink(e, &sink);
	engine_run(e, &result);
	engine_free(&e);
	source.close(source.self);
	forget();
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		unsigned before = wrong;

		run(argv[i]);
		if (wrong > before)
			printf("^^^ %s\n", argv[i]);
	}
	printf("%u messages, %u parts, %u differ\n", compared, parts, wrong);
	return wrong > 0;
}
