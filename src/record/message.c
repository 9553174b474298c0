#include "message.h"

#include <string.h>

#include "base/digits.h"
#include "fields.h"
#include "queue_id.h"

struct message *
message_new(const struct rec_session *session, uint32_t mail, bool server_reading, const struct where *at, size_t *memory)
{
	struct arena *arena = arena_new_counted(LIMIT_RECORD_ARENA, memory);
	struct message *m = arena_zero(arena, sizeof *m);

	m->keep.arena = arena;
	m->rec = (struct rec_message){
		.session = session, .mail = mail, .server_reading = server_reading,
		.first_packet = at->packet, .last_packet = at->packet, .time = at->time, .end = at->time,
		.date_time = NSTIME_NONE, .wait_mail = NSTIME_NONE, .wait_rcpt = NSTIME_NONE, .wait_data = NSTIME_NONE,
		.content_time = NSTIME_NONE, .wait_accept = NSTIME_NONE,
	};
	m->content_from = m->content_to = NSTIME_NONE;
	parts_init(&m->parts, LIMIT_MIME_PARTS);
	return m;
}

void
message_free(struct message **mp)
{
	struct arena *arena = *mp ? (*mp)->keep.arena : NULL;

	arena_free(&arena);
	*mp = NULL;
}

void
message_saw(struct message *m, const struct where *at)
{
	if (at->packet < m->rec.first_packet)
		m->rec.first_packet = at->packet;
	if (at->packet > m->rec.last_packet)
		m->rec.last_packet = at->packet;
	m->rec.encrypted |= at->decrypted;
	m->rec.after_gap |= at->after_gap;
	m->rec.truncated |= at->truncated;
}

/* What is cut from here on gets a name; what was cut before has none. */
static void
begin_naming(struct message *m)
{
	m->rec.truncated |= m->keep.cut;
	m->keep.cut = false;
}

/* Of a header field that is not in the record (name.p == NULL) nothing is missing there. */
static void
name_cut(struct message *m, slice name)
{
	struct rec_message *r = &m->rec;
	bool known = name.p == NULL;

	for (size_t i = 0; i < r->ncut && !known; i++)
		known = slice_eq(r->cut[i], name);
	if (m->keep.cut && !known && r->ncut < REC_CUTS)
		r->cut[r->ncut++] = name;
	m->keep.cut = false;
}

/* "<a@b>" says no more than "a@b"; a source route or lost brackets do, and "<>" where an address should be. */
static slice
telling_path(struct keeper *k, const struct ev_command *c)
{
	slice inside = slice_take(slice_drop(c->path, 1), c->path.n >= 2 ? c->path.n - 2 : 0);

	if (!c->has_path || c->path.p == NULL)
		return SLICE_NONE;
	if (c->address.n == 0 && slice_eq(c->verb, S("RCPT")))
		return keep_slice(k, c->path);
	if (c->path.n >= 2 && c->path.p[0] == '<' && c->path.p[c->path.n - 1] == '>' && slice_eq(inside, c->address))
		return SLICE_NONE;
	return keep_slice(k, c->path);
}

static slice
kept_address(struct keeper *k, const struct ev_command *c)
{
	if (!c->has_path)
		return SLICE_NONE;
	return keep_slice(k, c->address.p ? c->address : S(""));
}

void
message_mail(struct message *m, const struct event *e, slice helo_verb, slice helo_name, slice auth_user)
{
	const struct ev_command *c = &e->u.command;
	struct rec_message *r = &m->rec;

	r->time = e->at.time;
	r->helo_verb = keep_slice(&m->keep, helo_verb);
	r->helo_name = keep_slice(&m->keep, helo_name);
	r->auth_user = keep_slice(&m->keep, auth_user);
	if (!slice_eq(c->verb, S("MAIL")))
		return;				/* content whose MAIL was not seen */
	r->has_mail_from = c->has_path;
	r->null_sender = c->has_path && c->address.n == 0;
	r->mail_from = kept_address(&m->keep, c);
	r->mail_path = telling_path(&m->keep, c);
	r->parameter = keep_parameters(&m->keep, c->parameter, c->nparameter, &r->nparameter);
}

static struct rec_recipient *
recipient_at(struct message *m, int32_t index)
{
	if (index < 0 || (size_t)index >= m->recipients.n)
		return NULL;
	return (struct rec_recipient *)m->recipients.v + index;
}

void
message_rcpt(struct message *m, const struct ev_command *c)
{
	struct rec_recipient *r;

	m->rec.recipients++;
	begin_naming(m);
	r = keep_add(&m->keep, &m->recipients, sizeof *r, LIMIT_RECIPIENTS);
	name_cut(m, S("recipients"));
	if (r == NULL)
		return;
	m->rec.recipient = m->recipients.v;
	m->rec.nrecipient = m->recipients.n;
	r->address = kept_address(&m->keep, c);
	r->path = telling_path(&m->keep, c);
	r->parameter = keep_parameters(&m->keep, c->parameter, c->nparameter, &r->nparameter);
	r->wait = r->replied = NSTIME_NONE;
}

static bool
is_success(const struct ev_reply *r)
{
	return r->code >= 200 && r->code < 300;
}

static bool
is_refusal(const struct ev_reply *r)
{
	return r->code >= 400 && r->code < 600;
}

static void
slowest(nstime *kept, nstime wait)
{
	if (wait != NSTIME_NONE && wait > *kept)	/* NSTIME_NONE is the smallest number */
		*kept = wait;
}

/* Only the first refusal is kept of each kind: a client may repeat itself for ever. */
static void
keep_refusal(struct message *m, struct rec_reply *kept, const struct ev_reply *r)
{
	if (is_refusal(r) && kept->code == 0)
		*kept = keep_reply(&m->keep, r);
}

static void
rcpt_replied(struct message *m, const struct ev_reply *r)
{
	struct rec_recipient *to = recipient_at(m, r->recipient);

	m->rcpt_accepted += is_success(r);
	slowest(&m->rec.wait_rcpt, r->wait);
	if (to == NULL && is_refusal(r))
		m->rcpt_refusal = (struct rec_reply){ .code = r->code };	/* of one that is not kept in detail */
	if (to == NULL || to->reply.code != 0)
		return;
	to->reply = keep_reply(&m->keep, r);
	to->accepted = is_success(r);
	to->wait = r->wait;
	to->replied = m->rec.end;
	if (is_refusal(r))
		m->rcpt_refusal = to->reply;
}

/* LMTP (RFC 2033 4.2): the fate of one recipient, after the content. */
static void
fate_replied(struct message *m, const struct ev_reply *r)
{
	struct rec_recipient *to = recipient_at(m, r->recipient);

	m->fates = true;
	m->content_accepted += is_success(r);
	if (to == NULL || to->rcpt_code != 0)
		return;
	to->rcpt_code = to->reply.code;
	to->replied = m->rec.end;
	to->reply = keep_reply(&m->keep, r);
	to->accepted = is_success(r);
}

static void
content_replied(struct message *m, const struct ev_reply *r)
{
	bool better = is_success(r) && (m->rec.reply.code < 200 || m->rec.reply.code >= 300);

	slowest(&m->rec.wait_accept, r->wait);
	if (r->recipient >= 0)
		fate_replied(m, r);
	if (m->content_reply && !better)
		return;
	m->content_reply = true;
	m->rec.reply = keep_reply(&m->keep, r);
	if (is_success(r))
		m->rec.queue_id = queue_id_find(m->rec.reply.text);
}

static void
data_replied(struct message *m, const struct event *e)
{
	slowest(&m->rec.wait_data, e->u.reply.wait);
	if (e->u.reply.code == 354)
		m->content_from = e->at.time;
	keep_refusal(m, &m->data_refusal, &e->u.reply);
}

/* RFC 4468: content that the server fetched; the last such reply decides, unless octets follow. */
static void
burl_replied(struct message *m, const struct ev_reply *r)
{
	m->rec.reply = keep_reply(&m->keep, r);
	m->rec.queue_id = is_success(r) ? queue_id_find(m->rec.reply.text) : SLICE_NONE;
}

void
message_reply(struct message *m, const struct event *e)
{
	const struct ev_reply *r = &e->u.reply;

	m->rec.end = e->at.time;
	if (slice_eq(r->verb, S("RCPT"))) {
		rcpt_replied(m, r);
	} else if (slice_eq(r->verb, S("."))) {
		content_replied(m, r);
	} else if (slice_eq(r->verb, S("DATA"))) {
		data_replied(m, e);
	} else if (slice_eq(r->verb, S("BURL"))) {
		burl_replied(m, r);
	} else if (slice_eq(r->verb, S("BDAT"))) {
		keep_refusal(m, &m->chunk_refusal, r);
	} else if (slice_eq(r->verb, S("MAIL")) && m->rec.mail_reply.code == 0) {
		m->rec.mail_reply = keep_reply(&m->keep, r);
		m->rec.wait_mail = r->wait;
	}
}

void
message_begin(struct message *m, const struct event *e)
{
	m->rec.has_content = true;
	m->rec.transfer = e->u.mail_begin.transfer;
	m->rec.index = e->u.mail_begin.index;
	if (m->content_from == NSTIME_NONE)
		m->content_from = e->at.time;
}

void
message_end(struct message *m, const struct event *e)
{
	const struct ev_mail_end *end = &e->u.mail_end;
	struct rec_message *r = &m->rec;

	r->has_content = true;
	r->size = end->size;
	r->missing = end->missing;
	r->whole = end->whole;
	r->damaged = end->damaged;
	r->has_sha256 = end->has_sha256 && end->whole;
	r->has_sha1 = end->has_sha1 && end->whole;
	r->has_md5 = end->has_md5 && end->whole;
	memcpy(r->sha256, end->sha256, sizeof r->sha256);
	memcpy(r->sha1, end->sha1, sizeof r->sha1);
	memcpy(r->md5, end->md5, sizeof r->md5);
	m->content_to = e->at.time;
	r->end = e->at.time;
}

void
message_header(struct message *m, const struct event *e, unsigned keep)
{
	const struct ev_header *h = &e->u.header;
	slice key;

	begin_naming(m);
	key = fields_header(&m->rec, &m->keep, h);
	m->keep.cut |= e->at.truncated;
	name_cut(m, key);
	fields_hop(&m->rec, &m->keep, &m->hops, h);
	name_cut(m, S("received"));
	if (keep & FOLD_HEADERS) {
		fields_keep_raw(&m->rec, &m->keep, &m->headers, h);
		m->keep.cut |= e->at.truncated;
		name_cut(m, S("headers"));
	}
}

static slice
part_list(enum ev_kind kind)
{
	switch (kind) {
	case EV_PART_FACT:	return S("facts");
	case EV_PART_MEMBER:	return S("members");
	case EV_URL:		return S("urls");
	default:		return S("parts");
	}
}

void
message_part(struct message *m, const struct event *e)
{
	struct parts *p = &m->parts;

	begin_naming(m);
	switch (e->kind) {
	case EV_PART_BEGIN:	parts_begin(p, &m->keep, &e->u.part_begin); break;
	case EV_PART_FACT:	parts_fact(p, &m->keep, &e->u.part_fact); break;
	case EV_PART_MEMBER:	parts_member(p, &m->keep, &e->u.part_member); break;
	case EV_PART_END:	parts_end(p, &e->u.part_end); break;
	case EV_URL:		parts_url(p, &m->keep, &e->u.url); break;
	default:		break;
	}
	name_cut(m, part_list(e->kind));
	m->rec.part = p->list.v;
	m->rec.npart = p->list.n;
	m->rec.parts = p->count;
	m->rec.attachments = p->attachments;
	m->rec.url = p->urls.v;
	m->rec.nurl = p->urls.n;
	m->rec.urls = p->links;
}

void
message_dialogue(struct message *m, const struct event *e)
{
	dialogue_event(&m->dialogue, &m->keep, e);
	m->rec.exchange = m->dialogue.list.v;
	m->rec.nexchange = m->dialogue.list.n;
}

void
message_finding(struct message *m, const struct event *e)
{
	keep_finding(&m->keep, &m->rec.findings, &m->findings, e);
}

static void
choose_reply(struct message *m, const char *stage)
{
	struct rec_message *r = &m->rec;

	if (r->status == MAIL_REJECTED && r->reply.code == 0)
		r->reply = m->chunk_refusal;
	if (r->status != MAIL_REFUSED || stage == NULL)
		return;
	if (strcmp(stage, "mail") == 0)
		r->reply = r->mail_reply;
	else if (strcmp(stage, "rcpt") == 0)
		r->reply = m->rcpt_refusal;
	else if (strcmp(stage, "data") == 0)
		r->reply = m->data_refusal;
	else
		r->reply = m->chunk_refusal;
}

/* "<the session's>.<index>" */
static void
name_it(struct rec_message *r)
{
	char *at = memcpy(r->uid, r->session->uid, SESSION_UID);

	at[SESSION_UID] = '.';
	*digits_put(at + SESSION_UID + 1, r->index, 1) = '\0';
}

/* LMTP: some fates were told, and the connection ended before these were: RCPT's answer was none. */
static void
fates_missing(struct message *m)
{
	for (int32_t i = 0; (size_t)i < m->recipients.n; i++) {
		struct rec_recipient *to = recipient_at(m, i);

		if (to->rcpt_code != 0 || !to->accepted)
			continue;
		to->rcpt_code = to->reply.code;
		to->reply = (struct rec_reply){ 0 };
		to->accepted = false;
	}
}

void
message_done(struct message *m, const struct event *e)
{
	const struct ev_mail_done *done = &e->u.mail_done;
	struct rec_message *r = &m->rec;

	r->index = done->index;
	r->status = done->status;
	r->stage = done->stage;
	r->two_readings = done->two_readings;
	r->truncated |= m->keep.cut;
	if (m->fates)
		fates_missing(m);
	r->accepted_recipients = m->fates ? m->content_accepted : m->rcpt_accepted;
	if (m->content_from != NSTIME_NONE && m->content_to >= m->content_from)
		r->content_time = m->content_to - m->content_from;
	fields_delays(&m->hops);
	choose_reply(m, done->stage);
	name_it(r);
}
