/*
 * events.c - -T events: every event as it happens, a line of JSON each.
 *
 * All lines:
 *
 *	v		number	version of this format: 1
 *	type		string	the kind of event, see below
 *	uid session	string number	of the session; absent outside one
 *	time		string	of the packet that holds the last byte
 *	packet		number	of that packet
 *	dir		string	"client" or "server": who sent it
 *	offset length	number	in that direction's stream
 *	secret decrypted after_gap truncated server_reading	boolean, only when true
 *
 * open:	protocol  client {ip port}  server {ip port}  community_id
 * close:	close (as in the session record)
 * phase:	phase
 * command:	serial  mail  verb  args  address  path  parameters (list of {name value})  line_end ("crlf" "lf" "cr"
 *		"none")  pipelined (only when true)
 * reply:	answers  mail  code  enhanced  lines (list)  verb  recipient  wait  ambiguous captured_first (only when true)
 * auth:	serial  mechanism  user  secret_text  accepted  cancelled (only when true)  code
 * tls:		what ("begins" "not" "ends")  mode  record_version (as "0x0303")
 * proxy:	by  client  server  name
 * mail-begin:	mail  index  transfer
 * mail-end:	mail  size  missing_bytes  whole  damaged  sha256
 * mail-done:	mail  index  status  stage  two_readings (only when true)
 * header:	mail  name  value (raw, folds included)  decoded
 * gap:		missing  mail  dropped (packets that the capture dropped at that time)
 * finding:	mail  id  severity  text
 * packet:	acknowledged  window  flags (list of words); only with -v
 * stats:	as in -T json, with --stats-interval
 *
 * The bytes of messages are not told: where they are cut depends on the
 * segments, and -T eml has them whole.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "formats.h"
#include "hold.h"
#include "json_parts.h"
#include "json_records.h"
#include "record/fold.h"

struct events_sink {
	struct output_file *file;
	struct hold *hold;
	struct json j;
	struct json_records records;
	const struct output_options *options;
	const struct fold *fold;
};

static void
flag(struct json *j, slice key, bool set)
{
	if (set)
		json_bool(j, key, true);
}

static void
number(struct json *j, slice key, uint64_t v)
{
	if (v != 0)
		json_number(j, key, v);
}

static bool
hides(const struct events_sink *s, const struct event *e)
{
	return e->at.secret && !s->options->show_secrets;
}

static void
begin_line(struct events_sink *s, const struct event *e)
{
	const struct rec_session *session = fold_session(s->fold, e->at.session);
	struct json *j = &s->j;

	json_clear(j);
	j->digits = s->options->digits;
	json_begin(j, JSON_ITEM);
	json_number(j, KEY("v"), 1);
	json_word(j, KEY("type"), event_name(e->kind));
	if (session != NULL)
		json_word(j, KEY("uid"), session->uid);
	number(j, KEY("session"), e->at.session);
	json_time(j, KEY("time"), e->at.time);
	number(j, KEY("packet"), e->at.packet);
	if (e->at.session != 0)
		json_word(j, KEY("dir"), e->at.dir == DIR_CLIENT ? "client" : "server");
	json_number(j, KEY("offset"), e->at.offset);
	json_number(j, KEY("length"), e->at.length);
	flag(j, KEY("secret"), e->at.secret);
	flag(j, KEY("decrypted"), e->at.decrypted);
	flag(j, KEY("after_gap"), e->at.after_gap);
	flag(j, KEY("truncated"), e->at.truncated);
	flag(j, KEY("server_reading"), e->at.server_reading);
}

static void
say_open(struct json *j, const struct ev_open *o)
{
	char id[COMMUNITY_ID_TEXT];

	json_word(j, KEY("protocol"), o->protocol);
	json_endpoint(j, KEY("client"), &o->client);
	json_endpoint(j, KEY("server"), &o->server);
	json_word(j, KEY("community_id"), community_id(&o->client, &o->server, id));
}

static void
say_close(struct events_sink *s, const struct event *e)
{
	const struct rec_session *known = fold_session(s->fold, e->at.session);
	struct rec_session r = { .closed = true, .why = e->u.close.why, .who = e->u.close.who };

	r.quit = known != NULL && known->quit;
	json_word(&s->j, KEY("close"), rec_session_close(&r));
}

static const char *
line_end_name(uint8_t end)
{
	return end == 2 ? "crlf" : end == '\n' ? "lf" : end == '\r' ? "cr" : "none";
}

/* The mechanism of AUTH and X-EXPS is no secret; what follows it is. */
static void
say_redacted(struct json *j, const struct ev_command *c)
{
	slice mechanism, rest;
	struct buf words;

	buf_init(&words, 256);
	if ((slice_eq(c->verb, S("AUTH")) || slice_eq(c->verb, S("X-EXPS"))) && slice_cut(c->args, ' ', &mechanism, &rest)) {
		buf_add(&words, slice_take(mechanism, 64));
		buf_add_byte(&words, ' ');
	}
	buf_add(&words, S("<redacted>"));
	json_text(j, KEY("args"), buf_slice(&words));
	buf_fini(&words);
}

static void
say_parameters(struct json *j, const struct ev_command *c)
{
	if (!c->has_path)
		return;
	json_list(j, KEY("parameters"));
	for (size_t i = 0; i < c->nparameter; i++) {
		json_begin(j, JSON_ITEM);
		json_text(j, KEY("name"), c->parameter[i].name);
		json_text(j, KEY("value"), c->parameter[i].value);
		json_end(j);
	}
	json_list_end(j);
}

/* What is no command (an answer within AUTH) is told as the line that it is. */
static slice
args_of(const struct ev_command *c)
{
	bool answer = c->verb.n == 0 || c->verb.p[c->verb.n - 1] == '*';

	if (c->args.n > 0)
		return c->args;
	return answer ? c->line : SLICE_NONE;
}

static void
say_command(struct json *j, const struct ev_command *c, bool hide)
{
	json_number(j, KEY("serial"), c->serial);
	number(j, KEY("mail"), c->mail);
	json_text(j, KEY("verb"), c->verb);
	if (hide)
		say_redacted(j, c);
	else
		json_text(j, KEY("args"), args_of(c));
	if (c->has_path) {
		json_text(j, KEY("address"), c->address);
		json_text(j, KEY("path"), c->path);
	}
	say_parameters(j, c);
	json_word(j, KEY("line_end"), line_end_name(c->line_end));
	flag(j, KEY("pipelined"), c->pipelined);
}

static void
say_reply(struct json *j, const struct ev_reply *r, bool hide)
{
	slice redacted = S("<redacted>");

	number(j, KEY("answers"), r->answers);
	number(j, KEY("mail"), r->mail);
	if (r->code != 0)
		json_integer(j, KEY("code"), r->code);
	json_text(j, KEY("enhanced"), r->enhanced);
	json_texts(j, KEY("lines"), hide ? &redacted : r->line, hide ? 1 : r->nline);
	json_text(j, KEY("verb"), r->verb);
	if (r->recipient >= 0)
		json_integer(j, KEY("recipient"), r->recipient);
	json_seconds(j, KEY("wait"), r->wait);
	flag(j, KEY("ambiguous"), r->ambiguous);
	flag(j, KEY("captured_first"), r->captured_first);
}

static void
say_auth(struct json *j, const struct ev_auth *a, bool show)
{
	json_number(j, KEY("serial"), a->serial);
	json_text(j, KEY("mechanism"), a->mechanism);
	json_text(j, KEY("user"), a->user);
	if (a->secret.n > 0)
		json_text(j, KEY("secret_text"), show ? a->secret : S("<redacted>"));
	json_bool(j, KEY("accepted"), a->accepted);
	flag(j, KEY("cancelled"), a->cancelled);
	if (a->code != 0)
		json_integer(j, KEY("code"), a->code);
}

static void
say_tls(struct json *j, const struct ev_tls *t)
{
	static const char *const what[] = { [TLS_BEGINS] = "begins", [TLS_NOT] = "not", [TLS_ENDS] = "ends" };
	char version[8];

	json_word(j, KEY("what"), what[t->what]);
	json_word(j, KEY("mode"), t->mode);
	if (t->record_version == 0)
		return;
	snprintf(version, sizeof version, "0x%04x", (unsigned)t->record_version);
	json_word(j, KEY("record_version"), version);
}

static void
say_proxy(struct json *j, const struct ev_proxy *p)
{
	json_word(j, KEY("by"), p->by);
	json_endpoint(j, KEY("client"), &p->client);
	json_endpoint(j, KEY("server"), &p->server);
	json_text(j, KEY("name"), p->name);
	json_text(j, KEY("target"), p->target);
}

static void
say_mail_begin(struct json *j, const struct ev_mail_begin *m)
{
	json_number(j, KEY("mail"), m->mail);
	json_number(j, KEY("index"), m->index);
	json_word(j, KEY("transfer"), m->transfer);
}

static void
say_mail_end(struct json *j, const struct ev_mail_end *m, uint32_t asked)
{
	json_number(j, KEY("mail"), m->mail);
	json_number(j, KEY("size"), m->size);
	json_number(j, KEY("missing_bytes"), m->missing);
	json_bool(j, KEY("whole"), m->whole);
	if (m->damaged)
		json_bool(j, KEY("damaged"), true);
	json_digests(j, asked, m->has_sha256 ? m->sha256 : NULL, m->has_sha1 ? m->sha1 : NULL, m->has_md5 ? m->md5 : NULL);
}

static void
say_mail_done(struct json *j, const struct ev_mail_done *m)
{
	json_number(j, KEY("mail"), m->mail);
	json_number(j, KEY("index"), m->index);
	json_word(j, KEY("status"), mail_status_name(m->status));
	json_word(j, KEY("stage"), m->stage);
	flag(j, KEY("two_readings"), m->two_readings);
}

static void
say_header(struct json *j, const struct ev_header *h)
{
	json_number(j, KEY("mail"), h->mail);
	json_text(j, KEY("name"), h->name);
	json_text(j, KEY("value"), h->value);
	json_text(j, KEY("decoded"), h->decoded);
}

static void
say_part_begin(struct json *j, const struct ev_part_begin *p)
{
	json_number(j, KEY("mail"), p->mail);
	json_number(j, KEY("part"), p->part);
	number(j, KEY("parent"), p->parent);
	json_word(j, KEY("kind"), part_kind_name(p->kind));
	json_text(j, KEY("path"), p->path);
	json_text(j, KEY("content_type"), p->content_type);
	flag(j, KEY("assumed"), !p->declared);
	json_text(j, KEY("charset"), p->charset);
	json_text(j, KEY("encoding"), p->encoding);
	json_text(j, KEY("disposition"), p->disposition);
	json_text(j, KEY("filename"), p->filename);
	json_text(j, KEY("content_id"), p->content_id);
	json_text(j, KEY("description"), p->description);
}

static void
say_part_fact(struct json *j, const struct ev_part_fact *f)
{
	json_number(j, KEY("mail"), f->mail);
	json_number(j, KEY("part"), f->part);
	number(j, KEY("group"), f->group);
	json_text(j, KEY("name"), f->name);
	json_text(j, KEY("value"), f->value);
}

static void
say_part_member(struct json *j, const struct ev_part_member *m)
{
	json_number(j, KEY("mail"), m->mail);
	json_number(j, KEY("part"), m->part);
	json_text(j, KEY("filename"), m->name);
	if (m->size != UINT64_MAX)
		json_number(j, KEY("size"), m->size);
	if (m->packed != UINT64_MAX)
		json_number(j, KEY("packed"), m->packed);
	flag(j, KEY("encrypted"), m->encrypted);
	flag(j, KEY("directory"), m->directory);
	number(j, KEY("depth"), m->depth);
}

static void
say_part_end(struct json *j, const struct ev_part_end *p, uint32_t asked)
{
	json_number(j, KEY("mail"), p->mail);
	json_number(j, KEY("part"), p->part);
	json_number(j, KEY("size"), p->size);
	json_number(j, KEY("missing_bytes"), p->missing);
	json_bool(j, KEY("whole"), p->whole);
	if (p->truncated)
		json_bool(j, KEY("limited"), true);
	json_word(j, KEY("detected"), p->detected);
	json_digests(j, asked, p->has_sha256 ? p->sha256 : NULL, p->has_sha1 ? p->sha1 : NULL, p->has_md5 ? p->md5 : NULL);
}

static void
say_url(struct json *j, const struct ev_url *u)
{
	json_number(j, KEY("mail"), u->mail);
	json_number(j, KEY("part"), u->part);
	json_text(j, KEY("url"), u->url);
	json_text(j, KEY("host"), u->host);
	json_text(j, KEY("text"), u->text);
}

static void
say_finding(struct json *j, const struct ev_anomaly *a, bool hide)
{
	number(j, KEY("mail"), a->mail);
	json_word(j, KEY("id"), finding_info(a->finding)->id);
	json_word(j, KEY("severity"), severity_name(finding_info(a->finding)->severity));
	json_finding_text(j, a->finding, hide ? S("<redacted>") : a->detail);
}

static void
say_packet(struct json *j, const struct ev_packet *p)
{
	static const struct { uint32_t bit; const char *name; } flags[] = {
		{ PACKET_SYN, "syn" }, { PACKET_ACK, "ack" }, { PACKET_FIN, "fin" }, { PACKET_RST, "rst" },
		{ PACKET_PSH, "psh" }, { PACKET_URG, "urg" }, { PACKET_RETRANSMITTED, "retransmitted" },
		{ PACKET_REORDERED, "reordered" }, { PACKET_KEEPALIVE, "keep-alive" },
		{ PACKET_FRAGMENT, "fragment" }, { PACKET_ICMP, "icmp" },
	};

	json_number(j, KEY("acknowledged"), p->acknowledged);
	json_number(j, KEY("window"), p->window);
	json_list(j, KEY("flags"));
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if (p->flags & flags[i].bit)
			json_word(j, JSON_ITEM, flags[i].name);
	json_list_end(j);
}

static void
say(struct events_sink *s, const struct event *e)
{
	struct json *j = &s->j;

	switch (e->kind) {
	case EV_OPEN:		say_open(j, &e->u.open); break;
	case EV_CLOSE:		say_close(s, e); break;
	case EV_PHASE:		json_word(j, KEY("phase"), e->u.phase.phase); break;
	case EV_COMMAND:	say_command(j, &e->u.command, hides(s, e)); break;
	case EV_REPLY:		say_reply(j, &e->u.reply, hides(s, e)); break;
	case EV_AUTH:		say_auth(j, &e->u.auth, s->options->show_secrets); break;
	case EV_TLS:		say_tls(j, &e->u.tls); break;
	case EV_PROXY:		say_proxy(j, &e->u.proxy); break;
	case EV_MAIL_BEGIN:	say_mail_begin(j, &e->u.mail_begin); break;
	case EV_MAIL_END:	say_mail_end(j, &e->u.mail_end, s->options->digests); break;
	case EV_MAIL_DONE:	say_mail_done(j, &e->u.mail_done); break;
	case EV_HEADER:		say_header(j, &e->u.header); break;
	case EV_PART_BEGIN:	say_part_begin(j, &e->u.part_begin); break;
	case EV_PART_FACT:	say_part_fact(j, &e->u.part_fact); break;
	case EV_PART_MEMBER:	say_part_member(j, &e->u.part_member); break;
	case EV_PART_END:	say_part_end(j, &e->u.part_end, s->options->digests); break;
	case EV_URL:		say_url(j, &e->u.url); break;
	case EV_GAP:
		json_number(j, KEY("missing"), e->u.gap.missing);
		number(j, KEY("mail"), e->u.gap.mail);
		number(j, KEY("dropped"), e->u.gap.dropped);
		break;
	case EV_ANOMALY:	say_finding(j, &e->u.anomaly, hides(s, e)); break;
	case EV_PACKET:		say_packet(j, &e->u.packet); break;
	case EV_MAIL_BYTES:
	case EV_PART_BYTES:
	case EV_PART_TEXT:
	case EV_KINDS:
		break;
	}
}

static int
on_event(void *self, const struct event *e)
{
	struct events_sink *s = self;

	struct buf *out = hold_begin_event(s->hold, e);

	if (out == NULL)
		return 0;
	begin_line(s, e);
	say(s, e);
	json_end(&s->j);
	json_line_end(&s->j);
	buf_add(out, buf_slice(&s->j.out));
	return hold_end(s->hold);
}

/* What waited for the session's verdict; and statistics, where they are told every now and then. */
static int
on_record(void *self, const struct record *r)
{
	struct events_sink *s = self;

	if (r->kind == REC_STATS && r->u.stats->interval > 0)
		return output_add(s->file, json_records_line(&s->records, r));
	return r->kind == REC_SESSION ? hold_finish(s->hold, r->u.session->number) : 0;
}

static size_t
memory(void *self)
{
	const struct events_sink *s = self;

	return hold_memory(s->hold);
}

static int
on_close(void *self, bool failed)
{
	struct events_sink *s = self;
	int status = output_close(&s->file, failed);

	hold_free(&s->hold);
	json_fini(&s->j);
	json_records_fini(&s->records);
	free(s);
	return status;
}

static const struct sink_ops ops = { .name = "events", .event = on_event, .record = on_record, .memory = memory, .reopen = output_sink_reopen, .wrote = output_sink_wrote, .close = on_close };

int
events_open(const struct output *where, const struct output_options *options, const struct fold *fold, struct sink *sink_r)
{
	struct events_sink *s = xcalloc(1, sizeof *s);
	uint32_t wants = (WANT(EV_KINDS) - 1) & ~(WANT(EV_MAIL_BYTES) | WANT(EV_PART_BYTES) | WANT(EV_PART_TEXT) | WANT(EV_PACKET));

	s->file = output_open(where, options);
	if (s->file == NULL) {
		free(s);
		return -1;
	}
	s->hold = hold_new(options, s->file, (struct hold_mark){ S(",\"undecided\":true"), 2 });
	s->options = options;
	s->fold = fold;
	json_init(&s->j);
	json_records_init(&s->records, options);
	if (options->verbose > 0)
		wants |= WANT(EV_PACKET);
	*sink_r = (struct sink){ .ops = &ops, .self = s, .wants = wants | WANT_INSIDE | WANT_JUDGEMENT | output_digests(options) };
	return 0;
}
