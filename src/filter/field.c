#include "field.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "record/fold.h"

/* --- where a field is found --- */

static const void *
base_of(const struct field *f, const struct place *p)
{
	switch (f->scope) {
	case SCOPE_SESSION: return p->unit->session;
	case SCOPE_MESSAGE: return p->unit->message;
	default:	    return p->element;
	}
}

/* The member of the record that a field names, or NULL: there is no record, or no k-th value. */
static const void *
member(const struct field *f, const struct place *p, size_t k)
{
	const uint8_t *base = base_of(f, p);

	return base != NULL && k == 0 ? base + f->at : NULL;
}

static bool
get_text(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const slice *s = member(f, p, k);

	if (s == NULL || s->p == NULL)
		return false;
	v->text = *s;
	return true;
}

static bool
put_word(struct value *v, const char *word)
{
	if (word == NULL || *word == '\0')
		return false;
	v->text = slice_of(word);
	return true;
}

static bool
get_word(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const char *const *word = member(f, p, k);

	return word != NULL && put_word(v, *word);
}

static bool
get_chars(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	return put_word(v, member(f, p, k));
}

static bool
put_number(struct value *v, uint64_t n)
{
	v->number = n > INT64_MAX ? INT64_MAX : (int64_t)n;
	return true;
}

static bool
get_count(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const uint64_t *n = member(f, p, k);

	return n != NULL && put_number(v, *n);
}

static bool
get_code(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const int *code = member(f, p, k);

	return code != NULL && *code != 0 && put_number(v, (uint64_t)*code);
}

static bool
get_flag(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const bool *flag = member(f, p, k);

	return flag != NULL && put_number(v, *flag);
}

static bool
get_time(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const nstime *t = member(f, p, k);

	if (t == NULL || *t == NSTIME_NONE)
		return false;
	v->number = *t;
	return true;
}

static bool
put_hex(const struct place *p, struct value *v, const uint8_t *byte, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	buf_clear(p->room);
	for (size_t i = 0; i < n; i++) {
		buf_add_byte(p->room, (uint8_t)digits[byte[i] >> 4]);
		buf_add_byte(p->room, (uint8_t)digits[byte[i] & 15]);
	}
	v->text = buf_slice(p->room);
	return true;
}

/* --- of a connection --- */

enum { SIDE_CLIENT = 1, SIDE_SERVER = 2, SIDE_BOTH = 3, SIDE_V4 = 4, SIDE_V6 = 8 };

/* The k-th end of those that the field asks for. */
static bool
nth_end(const struct field *f, const struct place *p, size_t k, struct endpoint *end_r, bool *has_port_r)
{
	const struct unit *u = p->unit;
	bool server = f->at & SIDE_CLIENT ? k == 1 : k == 0;

	if (k > 1 || (k == 1 && (f->at & SIDE_BOTH) != SIDE_BOTH))
		return false;
	*has_port_r = true;
	if (u->session != NULL) {
		*end_r = server ? u->session->server : u->session->client;
	} else if (u->attempt != NULL) {
		*end_r = server ? u->attempt->server : (struct endpoint){ .addr = u->attempt->client };
		*has_port_r = server;
	} else {
		return false;
	}
	return true;
}

static bool
is_of_family(const struct field *f, const struct addr *a)
{
	return a->family == 4 ? !(f->at & SIDE_V6) : a->family == 6 && !(f->at & SIDE_V4);
}

static bool
get_addr(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	struct endpoint end;
	bool has_port;
	size_t left = k;

	for (size_t i = 0; nth_end(f, p, i, &end, &has_port); i++)
		if (is_of_family(f, &end.addr) && left-- == 0) {
			v->addr = end.addr;
			return true;
		}
	return false;
}

static bool
get_port(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	struct endpoint end;
	bool has_port;
	size_t left = k;

	for (size_t i = 0; nth_end(f, p, i, &end, &has_port); i++)
		if (has_port && left-- == 0)
			return put_number(v, end.port);
	return false;
}

/* A protocol's name: is there any of it? */
static bool
get_ip(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	struct value any;

	return k == 0 && get_addr(f, p, 0, &any) && put_number(v, 1);
}

static bool
get_tcp(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && (p->unit->session != NULL || p->unit->attempt != NULL) && put_number(v, 1);
}

static bool
get_smtp(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && p->unit->session != NULL && put_number(v, 1);
}

static bool
get_lmtp(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_session *s = p->unit->session;

	(void)f;
	return k == 0 && s != NULL && s->protocol != NULL && put_number(v, strcmp(s->protocol, "lmtp") == 0);
}

static bool
get_vlan(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_session *s = p->unit->session;

	(void)f;
	return s != NULL && k < s->tcp.nvlan && put_number(v, s->tcp.vlan[k]);
}

static bool
get_frame_time(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct unit *u = p->unit;

	(void)f;
	if (k > 0)
		return false;
	if (u->message != NULL)
		v->number = u->message->time;
	else if (u->session != NULL)
		v->number = u->session->time;
	else
		v->number = u->attempt != NULL ? u->attempt->first : u->finding->finding.time;
	return true;
}

/* --- of a session --- */

static bool
get_duration(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_session *s = p->unit->session;

	(void)f;
	if (k > 0 || s == NULL || s->time == NSTIME_NONE || s->end == NSTIME_NONE)
		return false;
	v->number = s->end - s->time;
	return true;
}

static bool
get_close(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && p->unit->session != NULL && put_word(v, rec_session_close(p->unit->session));
}

static bool
get_complete(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && p->unit->session != NULL && put_word(v, rec_session_complete(p->unit->session));
}

static bool
get_missing(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_session *s = p->unit->session;

	(void)f;
	return k == 0 && s != NULL && put_number(v, s->tcp.missing[DIR_CLIENT] + s->tcp.missing[DIR_SERVER]);
}

static bool
get_capability(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_session *s = p->unit->session;

	(void)f;
	if (s == NULL || k >= s->ncapability)
		return false;
	v->text = s->capability[k];
	return true;
}

static bool
get_proxy_client(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_session *s = p->unit->session;

	(void)f;
	if (k > 0 || s == NULL || !s->has_proxy || s->proxy_client.addr.family == 0)
		return false;
	v->addr = s->proxy_client.addr;
	return true;
}

/* A message's, or the last of a session that had none. */
static bool
get_helo(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct unit *u = p->unit;
	slice name = SLICE_NONE, verb = SLICE_NONE;

	if (u->message != NULL) {
		name = u->message->helo_name;
		verb = u->message->helo_verb;
	} else if (u->session != NULL) {
		name = u->session->helo_name;
		verb = u->session->helo_verb;
	}
	v->text = f->at ? verb : name;
	return k == 0 && v->text.p != NULL;
}

static bool
get_tls(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct unit *u = p->unit;

	(void)f;
	if (k > 0 || u->session == NULL)
		return false;
	return put_number(v, u->message != NULL ? u->message->encrypted : u->session->tls);
}

/* --- of a message --- */

static bool
get_size(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	return p->unit->message != NULL && p->unit->message->has_content && get_count(f, p, k, v);
}

static bool
get_whole(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	return p->unit->message != NULL && p->unit->message->has_content && get_flag(f, p, k, v);
}

static bool
get_status(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && p->unit->message != NULL && put_word(v, mail_status_name(p->unit->message->status));
}

static bool
get_reading(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_message *m = p->unit->message;

	(void)f;
	return k == 0 && m != NULL && m->two_readings && put_word(v, m->server_reading ? "server" : "rfc");
}

static bool
get_index(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const uint32_t *n = member(f, p, k);

	return n != NULL && *n != 0 && put_number(v, *n);
}

static bool
get_message_duration(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_message *m = p->unit->message;

	(void)f;
	if (k > 0 || m == NULL)
		return false;
	v->number = m->end - m->time;
	return true;
}

static bool
get_content(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && p->unit->message != NULL && put_number(v, p->unit->message->has_content);
}

static bool
get_mime(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && p->unit->message != NULL && put_number(v, p->unit->message->npart > 0);
}

static bool
get_message_sha256(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_message *m = p->unit->message;

	(void)f;
	return k == 0 && m != NULL && m->has_sha256 && put_hex(p, v, m->sha256, sizeof m->sha256);
}

static bool
get_message_sha1(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_message *m = p->unit->message;

	(void)f;
	return k == 0 && m != NULL && m->has_sha1 && put_hex(p, v, m->sha1, sizeof m->sha1);
}

static bool
get_message_md5(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_message *m = p->unit->message;

	(void)f;
	return k == 0 && m != NULL && m->has_md5 && put_hex(p, v, m->md5, sizeof m->md5);
}

/* MAIL's parameters as sent, but for upper case: "SIZE=3412". */
static bool
put_parameter(const struct place *p, struct value *v, const struct pair *parameter)
{
	buf_clear(p->room);
	buf_add(p->room, parameter->name);
	if (parameter->value.p != NULL) {
		buf_add_byte(p->room, '=');
		buf_add(p->room, parameter->value);
	}
	v->text = buf_slice(p->room);
	return true;
}

static bool
get_mail_parameter(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_message *m = p->unit->message;

	(void)f;
	return m != NULL && k < m->nparameter && put_parameter(p, v, &m->parameter[k]);
}

static bool
get_rcpt_parameter(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_recipient *r = p->element;

	(void)f;
	return k < r->nparameter && put_parameter(p, v, &r->parameter[k]);
}

static bool
get_reference(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_message *m = p->unit->message;

	(void)f;
	if (m == NULL || k >= m->nreference)
		return false;
	v->text = m->reference[k];
	return true;
}

/* Each field of that name, unfolded and not decoded. */
static bool
get_header(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_message *m = p->unit->message;

	for (size_t i = 0; m != NULL && i < m->nheader; i++)
		if (slice_ieq(m->header[i].name, slice_of(f->header)) && k-- == 0) {
			v->text = m->header[i].value.p != NULL ? m->header[i].value : S("");
			return true;
		}
	return false;
}

/* --- addresses of the header --- */

enum { LIST_FROM, LIST_TO, LIST_CC, LIST_REPLY_TO, LISTS, PIECE_ADDRESS = 16, PIECE_NAME = 32 };

static const struct rec_address *
address_list(const struct rec_message *m, size_t list, size_t *n_r)
{
	const struct { const struct rec_address *v; size_t n; } lists[LISTS] = {
		{ m->from, m->nfrom }, { m->to, m->nto }, { m->cc, m->ncc }, { m->reply_to, m->nreply_to },
	};

	*n_r = lists[list].n;
	return lists[list].v;
}

/* "Alice <alice@example.org>", "alice@example.org", or a group without members "undisclosed-recipients:;". */
static bool
put_mailbox(const struct place *p, struct value *v, const struct rec_address *a)
{
	buf_clear(p->room);
	if (a->address.p == NULL && a->name.p == NULL) {
		buf_add(p->room, a->group);
		buf_text(p->room, ":;");
	} else if (a->name.n > 0) {
		buf_add(p->room, a->name);
		buf_text(p->room, " <");
		buf_add(p->room, a->address);
		buf_text(p->room, ">");
	} else {
		buf_add(p->room, a->address);
	}
	v->text = buf_slice(p->room);
	return true;
}

static bool
get_mailbox(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	size_t n;
	const struct rec_address *a;

	if (p->unit->message == NULL)
		return false;
	a = address_list(p->unit->message, f->at & 15, &n);
	if (k >= n)
		return false;
	if (!(f->at & (PIECE_ADDRESS | PIECE_NAME)))
		return put_mailbox(p, v, &a[k]);
	/* One that has none holds the place of a value: a list is not cut short there. */
	v->text = f->at & PIECE_ADDRESS ? a[k].address : a[k].name;
	return true;
}

/* --- of the elements of lists --- */

/* LMTP: of the reply after the content. Before it was answered at all, "unanswered". */
static bool
get_rcpt_status(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_recipient *r = p->element;

	(void)f;
	if (k > 0)
		return false;
	if (r->accepted)
		return put_word(v, "accepted");
	if (r->reply.code == 0)
		return put_word(v, r->rcpt_code != 0 ? "unknown" : "unanswered");
	return put_word(v, r->rcpt_code != 0 ? "rejected" : "refused");
}

static bool
get_answer(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_exchange *e = p->element;

	return e->answered && get_code(f, p, k, v);
}

static bool
get_part_kind(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && put_word(v, part_kind_name(((const struct rec_part *)p->element)->kind));
}

/* A multipart has no content of its own. */
static bool
get_part_size(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_part *part = p->element;

	return part->kind != PART_MULTIPART && part->ended && get_count(f, p, k, v);
}

static bool
get_part_whole(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_part *part = p->element;

	return part->kind != PART_MULTIPART && part->ended && get_flag(f, p, k, v);
}

static bool
get_part_sha256(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_part *part = p->element;

	(void)f;
	return k == 0 && part->has_sha256 && put_hex(p, v, part->sha256, sizeof part->sha256);
}

static bool
get_part_sha1(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_part *part = p->element;

	(void)f;
	return k == 0 && part->has_sha1 && put_hex(p, v, part->sha1, sizeof part->sha1);
}

static bool
get_part_md5(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_part *part = p->element;

	(void)f;
	return k == 0 && part->has_md5 && put_hex(p, v, part->md5, sizeof part->md5);
}

static bool
get_part_member(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_part *part = p->element;

	(void)f;
	if (k >= part->nmember)
		return false;
	v->text = part->member[k].name;
	return true;
}

static bool
get_part_encrypted(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_part *part = p->element;
	bool any = false;

	(void)f;
	for (size_t i = 0; i < part->nmember; i++)
		any |= part->member[i].encrypted;
	return k == 0 && part->nmember > 0 && put_number(v, any);
}

static bool
get_part_fact(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_part *part = p->element;

	(void)f;
	if (k >= part->nfact)
		return false;
	buf_clear(p->room);
	buf_add(p->room, part->fact[k].name);
	buf_text(p->room, ": ");
	buf_add(p->room, part->fact[k].value);
	v->text = buf_slice(p->room);
	return true;
}

static bool
get_finding_id(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && put_word(v, finding_info(((const struct rec_finding *)p->element)->finding)->id);
}

static bool
get_finding_severity(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && put_number(v, finding_info(((const struct rec_finding *)p->element)->finding)->severity);
}

/* Of findings over the limit, neither packet nor time is known. */
static bool
get_packet(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const uint64_t *n = member(f, p, k);

	return n != NULL && *n != 0 && put_number(v, *n);
}

static bool
get_finding_text(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_finding *finding = p->element;

	(void)f;
	v->text = finding->detail.n > 0 ? finding->detail : slice_of(finding_info(finding->finding)->seen);
	return k == 0;
}

/* --- attempts --- */

static bool
get_outcome(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && p->unit->attempt != NULL && put_word(v, attempt_name(p->unit->attempt->outcome));
}

static bool
get_attempts(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && p->unit->attempt != NULL && put_number(v, p->unit->attempt->count);
}

/* --- the words that some fields are limited to --- */

static const char *
status_word(size_t i)
{
	return i <= MAIL_INCOMPLETE ? mail_status_name((enum mail_status)i) : NULL;
}

static const char *
finding_word(size_t i)
{
	return i < FINDINGS ? finding_info((enum finding)i)->id : NULL;
}

static const char *
kind_word(size_t i)
{
	return i <= PART_UNPACKED ? part_kind_name((enum part_kind)i) : NULL;
}

static const char *
outcome_word(size_t i)
{
	const char *name = i < 5 ? attempt_name((int)i) : NULL;

	return name;
}

#define WORDS_OF(function, ...) \
	static const char * \
	function(size_t i) \
	{ \
		static const char *const words[] = { __VA_ARGS__ }; \
		return i < sizeof words / sizeof words[0] ? words[i] : NULL; \
	}

WORDS_OF(stage_word, "mail", "rcpt", "data", "bdat")
WORDS_OF(transfer_word, "DATA", "BDAT")
WORDS_OF(reading_word, "rfc", "server")
WORDS_OF(rcpt_status_word, "accepted", "refused", "rejected", "unanswered", "unknown")
WORDS_OF(close_word, "quit", "client-fin", "server-fin", "client-rst", "server-rst", "idle", "evicted", "end-of-capture")
WORDS_OF(complete_word, "full", "no-start", "one-side", "gaps", "cut")
WORDS_OF(protocol_word, "smtp", "lmtp")

/* --- the table --- */

#define IN_SESSION(m)	offsetof(struct rec_session, m)
#define IN_MESSAGE(m)	offsetof(struct rec_message, m)
#define IN_RCPT(m)	offsetof(struct rec_recipient, m)
#define IN_EXCHANGE(m)	offsetof(struct rec_exchange, m)
#define IN_PART(m)	offsetof(struct rec_part, m)
#define IN_URL(m)	offsetof(struct rec_url, m)
#define IN_HOP(m)	offsetof(struct rec_hop, m)
#define IN_AUTH(m)	offsetof(struct rec_auth, m)

/* name, type, scope, settled, needs, getter, where, about; and, where there is more to say, .folds_case and .word. */
#define F(n, t, s, w, need, g, a, about_, ...) \
	{ .name = n, .type = FIELD_##t, .scope = SCOPE_##s, .settled = SETTLED_##w, .needs = need, .get = g, .at = a, .about = about_, __VA_ARGS__ }
#define H(n, name_) F(n, TEXT, MESSAGE, MESSAGE, NEED_CONTENT | NEED_HEADERS, get_header, 0, "each " name_ " field of the header, not decoded", .header = name_)
#define FOLDS .folds_case = true
#define OF(words) .word = words

const struct field fields[] = {
	F("smtp", FLAG, SESSION, OPEN, 0, get_smtp, 0, "a session of SMTP or LMTP"),
	F("lmtp", FLAG, SESSION, OPEN, 0, get_lmtp, 0, "it speaks LMTP"),
	F("tcp", FLAG, SESSION, OPEN, 0, get_tcp, 0, "a session or an attempt at one"),
	F("ip", FLAG, SESSION, OPEN, 0, get_ip, SIDE_BOTH | SIDE_V4, "over IPv4"),
	F("ipv6", FLAG, SESSION, OPEN, 0, get_ip, SIDE_BOTH | SIDE_V6, "over IPv6"),
	F("frame.time", TIME, SESSION, ENVELOPE, 0, get_frame_time, 0, "when the message (else the session) began"),
	F("ip.addr", ADDRESS, SESSION, OPEN, 0, get_addr, SIDE_BOTH | SIDE_V4, "either end's address"),
	F("ip.src", ADDRESS, SESSION, OPEN, 0, get_addr, SIDE_CLIENT | SIDE_V4, "the client's"),
	F("ip.dst", ADDRESS, SESSION, OPEN, 0, get_addr, SIDE_SERVER | SIDE_V4, "the server's"),
	F("ipv6.addr", ADDRESS, SESSION, OPEN, 0, get_addr, SIDE_BOTH | SIDE_V6, "either end's address"),
	F("ipv6.src", ADDRESS, SESSION, OPEN, 0, get_addr, SIDE_CLIENT | SIDE_V6, "the client's"),
	F("ipv6.dst", ADDRESS, SESSION, OPEN, 0, get_addr, SIDE_SERVER | SIDE_V6, "the server's"),
	F("client.ip", ADDRESS, SESSION, OPEN, 0, get_addr, SIDE_CLIENT, "the client's address, IPv4 or IPv6"),
	F("client.port", NUMBER, SESSION, OPEN, 0, get_port, SIDE_CLIENT, "the client's port"),
	F("server.ip", ADDRESS, SESSION, OPEN, 0, get_addr, SIDE_SERVER, "the server's address, IPv4 or IPv6"),
	F("server.port", NUMBER, SESSION, OPEN, 0, get_port, SIDE_SERVER, "the server's port"),
	F("tcp.port", NUMBER, SESSION, OPEN, 0, get_port, SIDE_BOTH, "either end's port"),
	F("tcp.srcport", NUMBER, SESSION, OPEN, 0, get_port, SIDE_CLIENT, "the client's port"),
	F("tcp.dstport", NUMBER, SESSION, OPEN, 0, get_port, SIDE_SERVER, "the server's port"),
	F("vlan.id", NUMBER, SESSION, OPEN, 0, get_vlan, 0, "VLAN tags, outer first"),
	F("tls", FLAG, SESSION, ENVELOPE, 0, get_tls, 0, "the message came through TLS; of a session without one: TLS began"),

	F("session.uid", TEXT, SESSION, OPEN, NEED_NAMES, get_chars, IN_SESSION(uid), "its uid, as in JSON"),
	F("session.community_id", TEXT, SESSION, OPEN, NEED_NAMES, get_chars, IN_SESSION(community_id), "Community ID of the connection"),
	F("session.number", NUMBER, SESSION, OPEN, 0, get_count, IN_SESSION(number), "its number in this run"),
	F("session.time", TIME, SESSION, OPEN, 0, get_time, IN_SESSION(time), "its start"),
	F("session.protocol", TEXT, SESSION, OPEN, 0, get_word, IN_SESSION(protocol), "smtp or lmtp", OF(protocol_word)),
	F("session.end", TIME, SESSION, SESSION, 0, get_time, IN_SESSION(end), "its end"),
	F("session.duration", SPAN, SESSION, SESSION, 0, get_duration, 0, "from start to end"),
	F("session.close", TEXT, SESSION, SESSION, 0, get_close, 0, "how it ended", OF(close_word)),
	F("session.complete", TEXT, SESSION, SESSION, 0, get_complete, 0, "what the capture can vouch for", OF(complete_word)),
	F("session.messages", NUMBER, SESSION, SESSION, 0, get_count, IN_SESSION(messages), "how many messages"),
	F("session.accepted", NUMBER, SESSION, SESSION, 0, get_count, IN_SESSION(accepted), "how many of them were accepted"),
	F("session.commands", NUMBER, SESSION, SESSION, 0, get_count, IN_SESSION(commands), "how many commands"),
	F("session.errors", NUMBER, SESSION, SESSION, 0, get_count, IN_SESSION(errors), "replies 4yz and 5yz"),
	F("session.pipelined", NUMBER, SESSION, SESSION, 0, get_count, IN_SESSION(pipelined), "commands sent before the one before was answered"),
	F("session.missing", NUMBER, SESSION, SESSION, 0, get_missing, 0, "bytes of it that were not captured"),
	F("session.retransmitted", NUMBER, SESSION, SESSION, 0, get_count, IN_SESSION(tcp.retransmitted), "segments sent again"),
	F("session.handshake", SPAN, SESSION, SESSION, 0, get_time, IN_SESSION(tcp.handshake), "how long TCP took to connect"),
	F("session.tls", FLAG, SESSION, SESSION, 0, get_flag, IN_SESSION(tls), "TLS began in it"),
	F("session.proxy.client", ADDRESS, SESSION, SESSION, 0, get_proxy_client, 0, "the client that PROXY or XCLIENT names"),
	F("smtp.greeting", TEXT, SESSION, SESSION, 0, get_text, IN_SESSION(greeting.text), "the text of the greeting"),
	F("smtp.greeting.host", TEXT, SESSION, SESSION, 0, get_text, IN_SESSION(greeting_host), "the host that it names", FOLDS),
	F("smtp.capability", TEXT, SESSION, SESSION, 0, get_capability, 0, "what the last EHLO was answered, a line each", FOLDS),

	F("smtp.auth.mechanism", TEXT, AUTH, SESSION, 0, get_text, IN_AUTH(mechanism), "of each attempt to authenticate", FOLDS),
	F("smtp.auth.user", TEXT, AUTH, SESSION, 0, get_text, IN_AUTH(user), "who it was"),
	F("smtp.auth.username", TEXT, AUTH, SESSION, 0, get_text, IN_AUTH(user), "the same"),
	F("smtp.auth.accepted", FLAG, AUTH, SESSION, 0, get_flag, IN_AUTH(accepted), "it succeeded"),
	F("smtp.auth.code", NUMBER, AUTH, SESSION, 0, get_code, IN_AUTH(code), "what it was answered"),

	F("smtp.req.command", TEXT, REPLY, SESSION, NEED_DIALOGUE, get_text, IN_EXCHANGE(verb), "the command, whole; \".\" is the end of a content", FOLDS),
	F("smtp.req.parameter", TEXT, REPLY, SESSION, NEED_DIALOGUE, get_text, IN_EXCHANGE(args), "what stands behind it"),
	F("smtp.response.code", NUMBER, REPLY, SESSION, NEED_DIALOGUE, get_answer, IN_EXCHANGE(reply.code), "what it was answered"),
	F("smtp.response.enhanced", TEXT, REPLY, SESSION, NEED_DIALOGUE, get_text, IN_EXCHANGE(reply.enhanced), "the enhanced code"),
	F("smtp.rsp.parameter", TEXT, REPLY, SESSION, NEED_DIALOGUE, get_text, IN_EXCHANGE(reply.text), "the text of the answer, all lines"),
	F("smtp.reply_time", SPAN, REPLY, SESSION, NEED_DIALOGUE, get_time, IN_EXCHANGE(wait), "how long the answer took"),

	F("message.uid", TEXT, MESSAGE, MESSAGE, NEED_NAMES, get_chars, IN_MESSAGE(uid), "its uid, as in JSON"),
	F("message.index", NUMBER, MESSAGE, MESSAGE, 0, get_index, IN_MESSAGE(index), "its number in its session"),
	F("message.time", TIME, MESSAGE, ENVELOPE, 0, get_time, IN_MESSAGE(time), "the MAIL command's time"),
	F("message.duration", SPAN, MESSAGE, MESSAGE, 0, get_message_duration, 0, "from MAIL to what decided its fate"),
	F("message.sha256", HEX, MESSAGE, MESSAGE, NEED_SHA256, get_message_sha256, 0, "digest of the whole content"),
	F("message.sha1", HEX, MESSAGE, MESSAGE, NEED_SHA1, get_message_sha1, 0, "the same"),
	F("message.md5", HEX, MESSAGE, MESSAGE, NEED_MD5, get_message_md5, 0, "the same"),
	F("message.user", TEXT, MESSAGE, ENVELOPE, 0, get_text, IN_MESSAGE(auth_user), "who had authenticated before it"),
	F("message.reading", TEXT, MESSAGE, MESSAGE, 0, get_reading, 0, "where readers differ: whose reading this is", OF(reading_word)),
	F("message.recipients", NUMBER, MESSAGE, MESSAGE, 0, get_count, IN_MESSAGE(recipients), "how many recipients"),
	F("message.accepted", NUMBER, MESSAGE, MESSAGE, 0, get_count, IN_MESSAGE(accepted_recipients), "how many of them were accepted"),
	F("message.parts", NUMBER, MESSAGE, MESSAGE, NEED_CONTENT, get_count, IN_MESSAGE(parts), "how many parts"),
	F("message.attachments", NUMBER, MESSAGE, MESSAGE, NEED_CONTENT, get_count, IN_MESSAGE(attachments), "how many of them are attachments"),
	F("message.urls", NUMBER, MESSAGE, MESSAGE, NEED_CONTENT, get_count, IN_MESSAGE(urls), "how many links"),
	F("smtp.helo", TEXT, SESSION, ENVELOPE, 0, get_helo, 0, "the name that the client gave", FOLDS),
	F("smtp.helo.verb", TEXT, SESSION, ENVELOPE, 0, get_helo, 1, "EHLO, HELO or LHLO", FOLDS),
	F("smtp.mail_from", TEXT, MESSAGE, ENVELOPE, 0, get_text, IN_MESSAGE(mail_from), "the envelope's sender; empty: the null sender"),
	F("smtp.null_sender", FLAG, MESSAGE, ENVELOPE, 0, get_flag, IN_MESSAGE(null_sender), "MAIL FROM:<>"),
	F("smtp.mail.parameter", TEXT, MESSAGE, ENVELOPE, 0, get_mail_parameter, 0, "ESMTP parameters of MAIL, as SIZE=3412"),
	F("smtp.mail.code", NUMBER, MESSAGE, MESSAGE, 0, get_code, IN_MESSAGE(mail_reply.code), "what MAIL was answered"),
	F("smtp.rcpt_to", TEXT, RECIPIENT, ENVELOPE, 0, get_text, IN_RCPT(address), "each recipient's address"),
	F("smtp.rcpt.address", TEXT, RECIPIENT, ENVELOPE, 0, get_text, IN_RCPT(address), "the same"),
	F("smtp.rcpt.status", TEXT, RECIPIENT, MESSAGE, 0, get_rcpt_status, 0, "what became of the recipient", OF(rcpt_status_word)),
	F("smtp.rcpt.accepted", FLAG, RECIPIENT, MESSAGE, 0, get_flag, IN_RCPT(accepted), "it was accepted"),
	F("smtp.rcpt.code", NUMBER, RECIPIENT, MESSAGE, 0, get_code, IN_RCPT(reply.code), "what decided it (LMTP: after the content)"),
	F("smtp.rcpt.enhanced", TEXT, RECIPIENT, MESSAGE, 0, get_text, IN_RCPT(reply.enhanced), "the enhanced code"),
	F("smtp.rcpt.text", TEXT, RECIPIENT, MESSAGE, 0, get_text, IN_RCPT(reply.text), "the text of that reply"),
	F("smtp.rcpt.parameter", TEXT, RECIPIENT, ENVELOPE, 0, get_rcpt_parameter, 0, "ESMTP parameters of RCPT"),
	F("smtp.rcpt.reply_time", SPAN, RECIPIENT, MESSAGE, 0, get_time, IN_RCPT(wait), "how long RCPT's answer took"),
	F("smtp.status", TEXT, MESSAGE, MESSAGE, 0, get_status, 0, "what became of the message", OF(status_word)),
	F("smtp.stage", TEXT, MESSAGE, MESSAGE, 0, get_word, IN_MESSAGE(stage), "at which command it was refused or rejected", OF(stage_word)),
	F("smtp.reply.code", NUMBER, MESSAGE, MESSAGE, 0, get_code, IN_MESSAGE(reply.code), "the reply that decided it"),
	F("smtp.reply.enhanced", TEXT, MESSAGE, MESSAGE, 0, get_text, IN_MESSAGE(reply.enhanced), "its enhanced code"),
	F("smtp.reply.text", TEXT, MESSAGE, MESSAGE, 0, get_text, IN_MESSAGE(reply.text), "its text"),
	F("smtp.queue_id", TEXT, MESSAGE, MESSAGE, 0, get_text, IN_MESSAGE(queue_id), "the name under which the server took it"),
	F("smtp.transfer", TEXT, MESSAGE, MESSAGE, 0, get_word, IN_MESSAGE(transfer), "how the content came", OF(transfer_word), FOLDS),
	F("smtp.size", NUMBER, MESSAGE, MESSAGE, 0, get_size, IN_MESSAGE(size), "octets of content"),
	F("smtp.whole", FLAG, MESSAGE, MESSAGE, 0, get_whole, IN_MESSAGE(whole), "all of the content was captured"),
	F("smtp.missing", NUMBER, MESSAGE, MESSAGE, 0, get_size, IN_MESSAGE(missing), "octets of it that were not"),
	F("smtp.time.mail", SPAN, MESSAGE, MESSAGE, 0, get_time, IN_MESSAGE(wait_mail), "how long MAIL's answer took"),
	F("smtp.time.rcpt", SPAN, MESSAGE, MESSAGE, 0, get_time, IN_MESSAGE(wait_rcpt), "the slowest of RCPT's"),
	F("smtp.time.data", SPAN, MESSAGE, MESSAGE, 0, get_time, IN_MESSAGE(wait_data), "DATA's"),
	F("smtp.time.content", SPAN, MESSAGE, MESSAGE, 0, get_time, IN_MESSAGE(content_time), "the 354 to the last byte of content"),
	F("smtp.time.accept", SPAN, MESSAGE, MESSAGE, 0, get_time, IN_MESSAGE(wait_accept), "that byte to the final reply"),

	F("imf", FLAG, MESSAGE, MESSAGE, 0, get_content, 0, "there is content"),
	F("imf.subject", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_text, IN_MESSAGE(subject), "Subject, decoded"),
	F("imf.from", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_FROM, "each address of From, as Name <address>"),
	F("imf.from.address", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_FROM | PIECE_ADDRESS, "the address alone"),
	F("imf.from.name", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_FROM | PIECE_NAME, "the name alone, decoded"),
	F("imf.to", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_TO, "each address of To"),
	F("imf.to.address", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_TO | PIECE_ADDRESS, "the address alone"),
	F("imf.to.name", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_TO | PIECE_NAME, "the name alone, decoded"),
	F("imf.cc", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_CC, "each address of Cc"),
	F("imf.cc.address", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_CC | PIECE_ADDRESS, "the address alone"),
	F("imf.cc.name", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_CC | PIECE_NAME, "the name alone, decoded"),
	F("imf.reply_to", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_REPLY_TO, "each address of Reply-To"),
	F("imf.reply_to.address", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_REPLY_TO | PIECE_ADDRESS, "the address alone"),
	F("imf.date", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_text, IN_MESSAGE(date), "Date, as sent"),
	F("imf.date.time", TIME, MESSAGE, MESSAGE, NEED_CONTENT, get_time, IN_MESSAGE(date_time), "Date, as a time"),
	F("imf.message_id", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_text, IN_MESSAGE(message_id), "Message-ID, with its brackets"),
	F("imf.in_reply_to", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_text, IN_MESSAGE(in_reply_to), "In-Reply-To"),
	F("imf.references", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_reference, 0, "each message id of References"),
	F("imf.user_agent", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_text, IN_MESSAGE(user_agent), "User-Agent or X-Mailer"),
	H("imf.sender", "Sender"), H("imf.bcc", "Bcc"), H("imf.return_path", "Return-Path"), H("imf.delivered_to", "Delivered-To"),
	H("imf.received", "Received"), H("imf.comments", "Comments"), H("imf.keywords", "Keywords"), H("imf.mime_version", "MIME-Version"),
	H("imf.content.type", "Content-Type"), H("imf.content.transfer_encoding", "Content-Transfer-Encoding"),
	H("imf.importance", "Importance"), H("imf.priority", "Priority"), H("imf.precedence", "Precedence"),
	H("imf.autosubmitted", "Auto-Submitted"), H("imf.content_language", "Content-Language"), H("imf.ext.mailer", "X-Mailer"),
	H("imf.resent.from", "Resent-From"), H("imf.resent.to", "Resent-To"), H("imf.resent.date", "Resent-Date"),
	H("imf.resent.message_id", "Resent-Message-ID"),
	F("header.name", TEXT, HEADER, MESSAGE, NEED_CONTENT | NEED_HEADERS, get_text, offsetof(struct pair, name), "each header field's name", FOLDS),
	F("header.value", TEXT, HEADER, MESSAGE, NEED_CONTENT | NEED_HEADERS, get_text, offsetof(struct pair, value), "its value, unfolded"),
	F("received.from", TEXT, HOP, MESSAGE, NEED_CONTENT, get_text, IN_HOP(from), "of each Received field, top first", FOLDS),
	F("received.host", TEXT, HOP, MESSAGE, NEED_CONTENT, get_text, IN_HOP(from_host), "the client's name as the server found it", FOLDS),
	F("received.ip", TEXT, HOP, MESSAGE, NEED_CONTENT, get_text, IN_HOP(from_ip), "the client's address as the server saw it", FOLDS),
	F("received.by", TEXT, HOP, MESSAGE, NEED_CONTENT, get_text, IN_HOP(by), "the server", FOLDS),
	F("received.with", TEXT, HOP, MESSAGE, NEED_CONTENT, get_text, IN_HOP(with), "the protocol", FOLDS),
	F("received.id", TEXT, HOP, MESSAGE, NEED_CONTENT, get_text, IN_HOP(id), "its queue id there"),
	F("received.for", TEXT, HOP, MESSAGE, NEED_CONTENT, get_text, IN_HOP(for_), "for whom"),
	F("received.time", TIME, HOP, MESSAGE, NEED_CONTENT, get_time, IN_HOP(time), "when"),
	F("received.delay", SPAN, HOP, MESSAGE, NEED_CONTENT, get_time, IN_HOP(delay), "since the hop before; negative: clocks differ"),

	F("mime", FLAG, MESSAGE, MESSAGE, NEED_CONTENT, get_mime, 0, "it has parts"),
	F("mime.path", TEXT, PART, MESSAGE, NEED_CONTENT, get_text, IN_PART(path), "of each part: its number, as IMAP counts"),
	F("mime.kind", TEXT, PART, MESSAGE, NEED_CONTENT, get_part_kind, 0, "leaf, multipart, message or unpacked", OF(kind_word)),
	F("mime.type", TEXT, PART, MESSAGE, NEED_CONTENT, get_text, IN_PART(content_type), "the media type that it declares", FOLDS),
	F("mime.detected", TEXT, PART, MESSAGE, NEED_CONTENT, get_word, IN_PART(detected), "the media type that its first bytes show", FOLDS),
	F("mime.charset", TEXT, PART, MESSAGE, NEED_CONTENT, get_text, IN_PART(charset), "the character set that it declares", FOLDS),
	F("mime.encoding", TEXT, PART, MESSAGE, NEED_CONTENT, get_text, IN_PART(encoding), "the transfer encoding that it declares", FOLDS),
	F("mime.disposition", TEXT, PART, MESSAGE, NEED_CONTENT, get_text, IN_PART(disposition), "inline or attachment", FOLDS),
	F("mime.filename", TEXT, PART, MESSAGE, NEED_CONTENT, get_text, IN_PART(filename), "its file name, decoded"),
	F("mime.content_id", TEXT, PART, MESSAGE, NEED_CONTENT, get_text, IN_PART(content_id), "Content-ID"),
	F("mime.description", TEXT, PART, MESSAGE, NEED_CONTENT, get_text, IN_PART(description), "Content-Description, decoded"),
	F("mime.size", NUMBER, PART, MESSAGE, NEED_CONTENT, get_part_size, IN_PART(size), "octets, transfer encoding undone"),
	F("mime.whole", FLAG, PART, MESSAGE, NEED_CONTENT, get_part_whole, IN_PART(whole), "all of it was captured"),
	F("mime.sha256", HEX, PART, MESSAGE, NEED_CONTENT | NEED_SHA256, get_part_sha256, 0, "digest of its content"),
	F("mime.sha1", HEX, PART, MESSAGE, NEED_CONTENT | NEED_SHA1, get_part_sha1, 0, "the same"),
	F("mime.md5", HEX, PART, MESSAGE, NEED_CONTENT | NEED_MD5, get_part_md5, 0, "the same"),
	F("mime.member", TEXT, PART, MESSAGE, NEED_CONTENT | NEED_INSIDE, get_part_member, 0, "names of the files in an archive"),
	F("mime.encrypted", FLAG, PART, MESSAGE, NEED_CONTENT | NEED_INSIDE, get_part_encrypted, 0, "an archive of which a file is encrypted"),
	F("mime.fact", TEXT, PART, MESSAGE, NEED_CONTENT | NEED_INSIDE, get_part_fact, 0, "what reports and signatures say, as Action: failed"),
	F("url.url", TEXT, URL, MESSAGE, NEED_CONTENT, get_text, IN_URL(url), "each link"),
	F("url.host", TEXT, URL, MESSAGE, NEED_CONTENT, get_text, IN_URL(host), "where it leads", FOLDS),
	F("url.text", TEXT, URL, MESSAGE, NEED_CONTENT, get_text, IN_URL(text), "what it shows instead"),

	F("finding.id", TEXT, FINDING, SESSION, NEED_CONTENT | NEED_JUDGEMENT, get_finding_id, 0, "of each finding; --list-findings has them", OF(finding_word)),
	F("finding.severity", SEVERITY, FINDING, SESSION, NEED_CONTENT | NEED_JUDGEMENT, get_finding_severity, 0, "info < note < warning < alert"),
	F("finding.time", TIME, FINDING, SESSION, NEED_CONTENT | NEED_JUDGEMENT, get_time, offsetof(struct rec_finding, time), "when it was seen"),
	F("finding.packet", NUMBER, FINDING, SESSION, NEED_CONTENT | NEED_JUDGEMENT, get_packet, offsetof(struct rec_finding, packet), "in which packet"),
	F("finding.text", TEXT, FINDING, SESSION, NEED_CONTENT | NEED_JUDGEMENT, get_finding_text, 0, "what was seen"),

	F("attempt.outcome", TEXT, SESSION, OPEN, 0, get_outcome, 0, "what came of connections that never spoke SMTP", OF(outcome_word)),
	F("attempt.count", NUMBER, SESSION, OPEN, 0, get_attempts, 0, "how often"),
};
const size_t nfields = sizeof fields / sizeof fields[0];

const char *
field_scope_name(enum field_scope s)
{
	static const char *const names[SCOPES] = {
		[SCOPE_SESSION] = "session", [SCOPE_MESSAGE] = "message", [SCOPE_RECIPIENT] = "recipient", [SCOPE_REPLY] = "reply",
		[SCOPE_PART] = "part", [SCOPE_URL] = "url", [SCOPE_HOP] = "hop", [SCOPE_HEADER] = "header", [SCOPE_AUTH] = "auth",
		[SCOPE_FINDING] = "finding",
	};

	return names[s];
}

const char *
field_type_name(enum field_type t)
{
	static const char *const names[] = {
		[FIELD_TEXT] = "text", [FIELD_NUMBER] = "number", [FIELD_ADDRESS] = "address", [FIELD_TIME] = "time",
		[FIELD_SPAN] = "seconds", [FIELD_FLAG] = "flag", [FIELD_SEVERITY] = "severity", [FIELD_HEX] = "digest",
	};

	return names[t];
}

const struct field *
field_find(slice name)
{
	for (size_t i = 0; i < nfields; i++)
		if (slice_ieq(name, slice_of(fields[i].name)))
			return &fields[i];
	return NULL;
}

unsigned
field_keeps(unsigned needs)
{
	return (needs & NEED_CONTENT ? FOLD_MESSAGES : 0u) | (needs & NEED_HEADERS ? FOLD_HEADERS : 0u)
	    | (needs & NEED_DIALOGUE ? FOLD_DIALOGUE : 0u);
}

uint32_t
field_wants(unsigned needs)
{
	return (needs & NEED_SHA256 ? WANT_SHA256 | WANT_ALL_DIGESTS : 0) | (needs & NEED_SHA1 ? WANT_SHA1 | WANT_ALL_DIGESTS : 0)
	    | (needs & NEED_MD5 ? WANT_MD5 | WANT_ALL_DIGESTS : 0) | (needs & NEED_JUDGEMENT ? WANT_JUDGEMENT : 0)
	    | (needs & NEED_INSIDE ? WANT_INSIDE : 0);
}

void
value_add_text(struct buf *out, const struct field *f, const struct value *v, int digits)
{
	char text[(int)NSTIME_TEXT > (int)ADDR_TEXT ? NSTIME_TEXT : ADDR_TEXT];

	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_HEX:
		buf_add(out, v->text);
		break;
	case FIELD_NUMBER:
		buf_printf(out, "%lld", (long long)v->number);
		break;
	case FIELD_ADDRESS:
		buf_text(out, addr_text(&v->addr, text));
		break;
	case FIELD_TIME:
		buf_text(out, nstime_utc(v->number, digits, text));
		break;
	case FIELD_SPAN:
		buf_text(out, nstime_seconds(v->number, 9, text));
		/* No more digits than there is to tell. */
		while (out->p[out->n - 1] == '0')
			out->n--;
		out->n -= out->p[out->n - 1] == '.';
		break;
	case FIELD_FLAG:
		buf_text(out, v->number ? "true" : "false");
		break;
	case FIELD_SEVERITY:
		buf_text(out, severity_name((enum severity)v->number));
		break;
	}
}
