#include "get.h"

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

bool
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

bool
get_word(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const char *const *word = member(f, p, k);

	return word != NULL && put_word(v, *word);
}

bool
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

bool
get_count(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const uint64_t *n = member(f, p, k);

	return n != NULL && put_number(v, *n);
}

bool
get_code(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const int *code = member(f, p, k);

	return code != NULL && *code != 0 && put_number(v, (uint64_t)*code);
}

bool
get_flag(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const bool *flag = member(f, p, k);

	return flag != NULL && put_number(v, *flag);
}

bool
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

bool
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

bool
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
bool
get_ip(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	struct value any;

	return k == 0 && get_addr(f, p, 0, &any) && put_number(v, 1);
}

bool
get_tcp(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && (p->unit->session != NULL || p->unit->attempt != NULL) && put_number(v, 1);
}

bool
get_smtp(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && p->unit->session != NULL && put_number(v, 1);
}

bool
get_lmtp(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_session *s = p->unit->session;

	(void)f;
	return k == 0 && s != NULL && s->protocol != NULL && put_number(v, strcmp(s->protocol, "lmtp") == 0);
}

bool
get_vlan(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_session *s = p->unit->session;

	(void)f;
	return s != NULL && k < s->tcp.nvlan && put_number(v, s->tcp.vlan[k]);
}

bool
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

bool
get_duration(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_session *s = p->unit->session;

	(void)f;
	if (k > 0 || s == NULL || s->time == NSTIME_NONE || s->end == NSTIME_NONE)
		return false;
	v->number = s->end - s->time;
	return true;
}

bool
get_close(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && p->unit->session != NULL && put_word(v, rec_session_close(p->unit->session));
}

bool
get_complete(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && p->unit->session != NULL && put_word(v, rec_session_complete(p->unit->session));
}

bool
get_missing(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_session *s = p->unit->session;

	(void)f;
	return k == 0 && s != NULL && put_number(v, s->tcp.missing[DIR_CLIENT] + s->tcp.missing[DIR_SERVER]);
}

bool
get_capability(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_session *s = p->unit->session;

	(void)f;
	if (s == NULL || k >= s->ncapability)
		return false;
	v->text = s->capability[k];
	return true;
}

bool
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
bool
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

bool
get_tls(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct unit *u = p->unit;

	(void)f;
	if (k > 0 || u->session == NULL)
		return false;
	return put_number(v, u->message != NULL ? u->message->encrypted : u->session->tls);
}

/* --- of a message --- */

bool
get_size(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	return p->unit->message != NULL && p->unit->message->has_content && get_count(f, p, k, v);
}

bool
get_whole(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	return p->unit->message != NULL && p->unit->message->has_content && get_flag(f, p, k, v);
}

bool
get_status(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && p->unit->message != NULL && put_word(v, mail_status_name(p->unit->message->status));
}

bool
get_reading(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_message *m = p->unit->message;

	(void)f;
	return k == 0 && m != NULL && m->two_readings && put_word(v, m->server_reading ? "server" : "rfc");
}

bool
get_index(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const uint32_t *n = member(f, p, k);

	return n != NULL && *n != 0 && put_number(v, *n);
}

bool
get_message_duration(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_message *m = p->unit->message;

	(void)f;
	if (k > 0 || m == NULL)
		return false;
	v->number = m->end - m->time;
	return true;
}

bool
get_content(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && p->unit->message != NULL && put_number(v, p->unit->message->has_content);
}

bool
get_mime(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && p->unit->message != NULL && put_number(v, p->unit->message->npart > 0);
}

bool
get_message_sha256(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_message *m = p->unit->message;

	(void)f;
	return k == 0 && m != NULL && m->has_sha256 && put_hex(p, v, m->sha256, sizeof m->sha256);
}

bool
get_message_sha1(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_message *m = p->unit->message;

	(void)f;
	return k == 0 && m != NULL && m->has_sha1 && put_hex(p, v, m->sha1, sizeof m->sha1);
}

bool
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

bool
get_mail_parameter(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_message *m = p->unit->message;

	(void)f;
	return m != NULL && k < m->nparameter && put_parameter(p, v, &m->parameter[k]);
}

bool
get_rcpt_parameter(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_recipient *r = p->element;

	(void)f;
	return k < r->nparameter && put_parameter(p, v, &r->parameter[k]);
}

bool
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
bool
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

bool
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
bool
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

bool
get_answer(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_exchange *e = p->element;

	return e->answered && get_code(f, p, k, v);
}

bool
get_part_kind(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && put_word(v, part_kind_name(((const struct rec_part *)p->element)->kind));
}

/* A multipart has no content of its own. */
bool
get_part_size(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_part *part = p->element;

	return part->kind != PART_MULTIPART && part->ended && get_count(f, p, k, v);
}

bool
get_part_whole(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_part *part = p->element;

	return part->kind != PART_MULTIPART && part->ended && get_flag(f, p, k, v);
}

bool
get_part_sha256(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_part *part = p->element;

	(void)f;
	return k == 0 && part->has_sha256 && put_hex(p, v, part->sha256, sizeof part->sha256);
}

bool
get_part_sha1(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_part *part = p->element;

	(void)f;
	return k == 0 && part->has_sha1 && put_hex(p, v, part->sha1, sizeof part->sha1);
}

bool
get_part_md5(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_part *part = p->element;

	(void)f;
	return k == 0 && part->has_md5 && put_hex(p, v, part->md5, sizeof part->md5);
}

bool
get_part_member(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_part *part = p->element;

	(void)f;
	if (k >= part->nmember)
		return false;
	v->text = part->member[k].name;
	return true;
}

bool
get_part_encrypted(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_part *part = p->element;
	bool any = false;

	(void)f;
	for (size_t i = 0; i < part->nmember; i++)
		any |= part->member[i].encrypted;
	return k == 0 && part->nmember > 0 && put_number(v, any);
}

bool
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

bool
get_finding_id(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && put_word(v, finding_info(((const struct rec_finding *)p->element)->finding)->id);
}

bool
get_finding_severity(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && put_number(v, finding_info(((const struct rec_finding *)p->element)->finding)->severity);
}

/* Of findings over the limit, neither packet nor time is known. */
bool
get_packet(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const uint64_t *n = member(f, p, k);

	return n != NULL && *n != 0 && put_number(v, *n);
}

bool
get_finding_text(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	const struct rec_finding *finding = p->element;

	(void)f;
	v->text = finding->detail.n > 0 ? finding->detail : slice_of(finding_info(finding->finding)->seen);
	return k == 0;
}

/* --- attempts --- */

bool
get_outcome(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && p->unit->attempt != NULL && put_word(v, attempt_name(p->unit->attempt->outcome));
}

bool
get_attempts(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && p->unit->attempt != NULL && put_number(v, p->unit->attempt->count);
}

bool
get_attempt(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && p->unit->attempt != NULL && put_number(v, 1);
}

/* Of a list: there is one. */
bool
get_element(const struct field *f, const struct place *p, size_t k, struct value *v)
{
	(void)f;
	return k == 0 && p->element != NULL && put_number(v, 1);
}

/* --- the words that some fields are limited to --- */

const char *
status_word(size_t i)
{
	return i <= MAIL_INCOMPLETE ? mail_status_name((enum mail_status)i) : NULL;
}

const char *
finding_word(size_t i)
{
	return i < FINDINGS ? finding_info((enum finding)i)->id : NULL;
}

const char *
kind_word(size_t i)
{
	return i <= PART_UNPACKED ? part_kind_name((enum part_kind)i) : NULL;
}

const char *
outcome_word(size_t i)
{
	const char *name = i < 5 ? attempt_name((int)i) : NULL;

	return name;
}

#define WORDS_OF(function, ...) \
	const char * \
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
