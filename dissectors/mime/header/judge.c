#include "judge.h"

#include <stdlib.h>

#include "address.h"
#include "base/err.h"
#include "base/idn.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "base/words.h"
#include "date.h"
#include "param.h"
#include "word.h"

/* What is looked at besides. */
enum kind { ANY, FROM, DATE, PARAMS };

/* Fields that may occur once: RFC 5322 3.6, RFC 2045 3 to 8, RFC 2183, RFC 3282, RFC 1864, RFC 2557. */
static const struct once { slice name; enum kind kind; } once[] = {
	{ SLICE("From"), FROM }, { SLICE("Date"), DATE }, { SLICE("Sender"), ANY }, { SLICE("Reply-To"), ANY }, { SLICE("To"), ANY },
	{ SLICE("Cc"), ANY }, { SLICE("Bcc"), ANY }, { SLICE("Message-ID"), ANY }, { SLICE("In-Reply-To"), ANY },
	{ SLICE("References"), ANY }, { SLICE("Subject"), ANY }, { SLICE("MIME-Version"), ANY },
	{ SLICE("Content-Type"), PARAMS }, { SLICE("Content-Disposition"), PARAMS }, { SLICE("Content-Transfer-Encoding"), ANY },
	{ SLICE("Content-ID"), ANY }, { SLICE("Content-Description"), ANY }, { SLICE("Content-Language"), ANY },
	{ SLICE("Content-MD5"), ANY }, { SLICE("Content-Location"), ANY },
};
enum { ONCE = sizeof once / sizeof *once, DETAIL = 1024, SHOWN_LINE = 80 };

struct judge {
	struct judge_user user;
	struct judge_about about;
	struct buf sender;
	bool told[FINDINGS];
	bool seen[ONCE];
	bool limited;
};

/* The field that is looked at. */
struct look {
	struct judge *judge;
	const struct header_field *field;
	slice decoded;
	uint64_t offset;
};

static void
note(struct judge *j, enum finding f, uint64_t offset, uint64_t length, slice detail)
{
	if (j->told[f])
		return;
	j->told[f] = true;
	j->user.note(j->user.self, f, offset, length, detail);
}

static void
note_field(const struct look *l, enum finding f, slice detail)
{
	note(l->judge, f, l->offset, l->field->raw.n, detail);
}

static bool
has_eight_bit(slice s)
{
	uint8_t all = 0;

	for (size_t i = 0; i < s.n; i++)
		all |= s.p[i];
	return all >= 0x80;
}

/* --- domains --- */

static slice
domain_of(slice address)
{
	size_t at;
	slice domain = SLICE_NONE;

	for (slice rest = address; slice_find(rest, '@', &at); )
		domain = rest = slice_drop(rest, at + 1);
	while (domain.n > 0 && domain.p[domain.n - 1] == '.')
		domain.n--;
	return domain;
}

/* The last n labels. */
static slice
last_labels(slice domain, int n)
{
	for (size_t i = domain.n; i-- > 0; ) {
		if (domain.p[i] == '.' && --n == 0)
			return slice_drop(domain, i + 1);
	}
	return domain;
}

/* Under which countries register names, as under "co.uk". */
static bool
is_second_level(slice label)
{
	static const slice known[] = {
		SLICE("co"), SLICE("com"), SLICE("net"), SLICE("org"), SLICE("ac"), SLICE("edu"), SLICE("gov"), SLICE("gob"), SLICE("mil"),
		SLICE("or"), SLICE("ne"), SLICE("go"), SLICE("ad"), SLICE("gr"), SLICE("id"), SLICE("ltd"), SLICE("plc"), SLICE("sch"),
		SLICE("nom"), SLICE("info"), SLICE("web"), SLICE("biz"), SLICE("asn"), SLICE("govt"), SLICE("school"), SLICE("nhs"), SLICE("police"),
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (slice_ieq(label, known[i]))
			return true;
	}
	return false;
}

/* RFC 7489 3.2, without the list of public suffixes. */
static slice
organization_of(slice domain)
{
	slice two = last_labels(domain, 2), second, top;

	if (slice_cut(two, '.', &second, &top) && top.n == 2 && is_second_level(second))
		return last_labels(domain, 3);
	return two;
}

/* As the DNS knows it: "bücher.example" and "xn--bcher-kva.example" are one. */
static slice
ascii_of(slice domain, struct buf *room)
{
	buf_init(room, DETAIL);
	return has_eight_bit(domain) && idn_to_ascii(domain, room) ? buf_slice(room) : domain;
}

static bool
compare_domains(slice a, slice b, bool organizations)
{
	struct buf room_a, room_b;
	bool same;

	a = ascii_of(a, &room_a);
	b = ascii_of(b, &room_b);
	same = organizations ? slice_ieq(organization_of(a), organization_of(b)) : slice_ieq(a, b);
	buf_fini(&room_a);
	buf_fini(&room_b);
	return same;
}

static bool
is_same_address(slice a, slice b)
{
	slice domain_a = domain_of(a), domain_b = domain_of(b);
	size_t local_a = domain_a.n > 0 ? (size_t)(domain_a.p - a.p) : a.n;
	size_t local_b = domain_b.n > 0 ? (size_t)(domain_b.p - b.p) : b.n;

	return slice_ieq(slice_take(a, local_a), slice_take(b, local_b)) && compare_domains(domain_a, domain_b, false);
}

/* --- From --- */

struct from {
	const struct look *look;
	bool aligned;			/* one of its domains, with the envelope's */
	struct buf domain;		/* the first */
};

/* U+FF20 and U+FE6B look like "@". */
static size_t
at_sign(slice text)
{
	static const slice signs[] = { SLICE("@"), SLICE("\xef\xbc\xa0"), SLICE("\xef\xb9\xab") };

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		if (slice_starts(text, signs[i]))
			return signs[i].n;
	}
	return 0;
}

static bool
is_mark(uint8_t c)
{
	return c <= ' ' || c == 0x7f || strchr("<>()[]\"',;:", c) != NULL;
}

/* "local@host.domain" and nothing else; into out with an "@" that is one. */
static bool
is_address(slice word, struct buf *out)
{
	size_t at = 0, sign = 0, dot;

	while (at < word.n && !is_mark(word.p[at]) && (sign = at_sign(slice_drop(word, at))) == 0)
		at++;
	if (at == 0 || sign == 0 || !slice_find(slice_drop(word, at + sign), '.', &dot) || dot == 0)
		return false;
	for (size_t i = at + sign; i < word.n; i++) {
		if (is_mark(word.p[i]))
			return false;
	}
	buf_clear(out);
	buf_add(out, slice_take(word, at));
	buf_add_byte(out, '@');
	buf_add(out, slice_drop(word, at + sign));
	return out->p[out->n - 1] != '.';
}

static slice
trim_marks(slice s)
{
	while (s.n > 0 && is_mark(s.p[0]))
		s = slice_drop(s, 1);
	while (s.n > 0 && is_mark(s.p[s.n - 1]))
		s.n--;
	return s;
}

/*
 * Does a name claim to be an address? If that is all of it, or if it stands in
 * brackets as an address does. In "bob@example.net via List", as lists write
 * that have to change From, it does not.
 */
static bool
claims_address(slice name, struct buf *out)
{
	size_t n;

	if (is_address(trim_marks(name), out))
		return true;
	while (slice_find(name, '<', &n)) {
		name = slice_drop(name, n + 1);
		for (n = 0; n < name.n && !is_mark(name.p[n]); )
			n++;
		if (n < name.n && name.p[n] == '>' && is_address(slice_take(name, n), out))
			return true;
	}
	return false;
}

static void
judge_display_name(const struct look *l, const struct mailbox *m)
{
	struct buf name, claimed;

	buf_init(&name, LIMIT_HEADER);
	buf_init(&claimed, DETAIL / 2);
	word_decode(m->name, &name);
	if (claims_address(buf_slice(&name), &claimed) && !claimed.full && !is_same_address(buf_slice(&claimed), m->address)) {
		buf_clear(&name);
		buf_add(&name, buf_slice(&claimed));
		buf_text(&name, ", but the address is ");
		buf_add(&name, slice_take(m->address, DETAIL / 2));
		note_field(l, FINDING_HEADER_DISPLAY_NAME_ADDRESS, buf_slice(&name));
	}
	buf_fini(&name);
	buf_fini(&claimed);
}

static void
on_from(void *self, const struct mailbox *m)
{
	struct from *f = self;
	slice domain = domain_of(m->address);

	if (m->name.n > 0 && m->address.n > 0)
		judge_display_name(f->look, m);
	if (domain.n == 0)
		return;
	f->aligned |= compare_domains(domain, domain_of(buf_slice(&f->look->judge->sender)), true);
	if (f->domain.n == 0)
		buf_add(&f->domain, domain);
}

/* RFC 5321 4.5.5: a report's sender is null, and has no domain. */
static void
judge_sender(const struct look *l, const struct from *f)
{
	struct judge *j = l->judge;
	slice sender = domain_of(buf_slice(&j->sender));
	struct buf detail;

	if (!j->about.has_mail_from || sender.n == 0 || f->domain.n == 0 || f->aligned)
		return;
	buf_init(&detail, DETAIL);
	buf_add(&detail, slice_take(buf_slice(&f->domain), DETAIL / 4));
	buf_text(&detail, ", but the envelope has ");
	buf_add(&detail, slice_take(sender, DETAIL / 4));
	note_field(l, FINDING_HEADER_ENVELOPE_MISMATCH, buf_slice(&detail));
	buf_fini(&detail);
}

static void
judge_from(const struct look *l)
{
	struct from f = { .look = l };
	struct buf unfolded;

	buf_init(&unfolded, l->field->value.n);
	buf_init(&f.domain, LIMIT_HEADER);
	header_unfold(l->field->value, &unfolded);
	address_parse(buf_slice(&unfolded), on_from, &f);
	judge_sender(l, &f);
	buf_fini(&unfolded);
	buf_fini(&f.domain);
}

/* --- other fields --- */

static void
judge_date(const struct look *l)
{
	const nstime day = 86400 * NSTIME_S;
	nstime sent, now = l->judge->about.time, skew;
	struct buf detail;

	if (now == NSTIME_NONE || !date_parse(l->decoded, &sent))
		return;
	skew = sent > now ? sent - now : now - sent;
	if (skew <= day)
		return;
	buf_init(&detail, DETAIL);
	words_count(&detail, (uint64_t)(skew / day), "day", "days");
	buf_text(&detail, sent > now ? " ahead of the packets" : " behind the packets");
	note_field(l, FINDING_HEADER_DATE_SKEW, buf_slice(&detail));
	buf_fini(&detail);
}

static void
judge_params(const struct look *l)
{
	static const struct { unsigned problem; enum finding finding; } table[] = {
		{ PARAM_DUPLICATE, FINDING_MIME_DUPLICATE_PARAM },
		{ PARAM_CONTINUATION, FINDING_MIME_RFC2231_BAD },
		{ PARAM_LIMIT, FINDING_MIME_RFC2231_LIMIT },
		{ PARAM_CHARSET, FINDING_MIME_CHARSET_UNKNOWN },
	};
	struct params p;

	params_parse(&p, l->field->value);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if ((p.problems & table[i].problem) != 0)
			note_field(l, table[i].finding, l->field->name);
	}
	params_fini(&p);
}

static void
judge_once(const struct look *l)
{
	struct judge *j = l->judge;
	size_t i = 0;

	while (i < ONCE && !slice_ieq(l->field->name, once[i].name))
		i++;
	if (i == ONCE)
		return;
	if (j->seen[i])
		note_field(l, FINDING_MIME_DUPLICATE_HEADER, l->field->name);
	else if (j->about.top && once[i].kind == FROM)
		judge_from(l);
	else if (j->about.top && once[i].kind == DATE)
		judge_date(l);
	if (once[i].kind == PARAMS)
		judge_params(l);
	j->seen[i] = true;
}

static void
judge_words(const struct look *l, unsigned words)
{
	static const struct { unsigned problem; enum finding finding; } table[] = {
		{ WORD_MALFORMED, FINDING_MIME_ENCODED_WORD_INVALID },
		{ WORD_CHARSET, FINDING_MIME_CHARSET_UNKNOWN },
		{ WORD_LIMIT, FINDING_MIME_ENCODED_WORD_LIMIT },
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if ((words & table[i].problem) != 0)
			note_field(l, table[i].finding, l->field->name);
	}
}

static void
judge_bytes(const struct look *l)
{
	slice raw = l->field->raw;
	bool utf8_may = l->judge->about.smtputf8;
	size_t at;

	if (slice_find(raw, 0, &at))
		note_field(l, FINDING_MIME_HEADER_NUL, l->field->name);
	if (l->field->name.n < raw.n && raw.p[l->field->name.n] != ':')
		note_field(l, FINDING_MIME_HEADER_SPACE_COLON, l->field->name);
	if (has_eight_bit(raw) && !(utf8_may && utf8_valid(raw)))
		note_field(l, FINDING_MIME_EIGHT_BIT_HEADER, l->field->name);
	if (l->field->truncated)
		note_field(l, FINDING_MIME_HEADER_LIMIT, l->field->name);
}

void
judge_field(struct judge *j, const struct header_field *field, slice decoded, unsigned words, uint64_t offset)
{
	struct look l = { j, field, decoded, offset };

	judge_bytes(&l);
	judge_words(&l, words);
	judge_once(&l);
}

void
judge_line(struct judge *j, slice line, uint64_t offset)
{
	slice shown = slice_chomp(slice_take(line, SHOWN_LINE));
	struct buf detail;

	buf_init(&detail, DETAIL);
	buf_add(&detail, shown);
	buf_text(&detail, shown.n == line.n || line.n > SHOWN_LINE ? "…" : "");
	note(j, FINDING_MIME_HEADER_MALFORMED, offset, line.n, buf_slice(&detail));
	buf_fini(&detail);
}

void
judge_limit(struct judge *j, uint64_t offset)
{
	j->limited = true;
	note(j, FINDING_MIME_HEADER_LIMIT, offset, 0, S("more fields"));
}

static bool
was_seen(const struct judge *j, enum kind kind)
{
	for (size_t i = 0; i < ONCE; i++) {
		if (once[i].kind == kind)
			return j->seen[i];
	}
	return false;
}

void
judge_finish(struct judge *j, bool whole)
{
	bool from = was_seen(j, FROM), date = was_seen(j, DATE);

	if (!j->about.top || !whole || j->limited || (from && date))
		return;
	note(j, FINDING_HEADER_MISSING, 0, 0, from ? S("Date") : date ? S("From") : S("From and Date"));
}

struct judge *
judge_new(const struct judge_user *user, const struct judge_about *about)
{
	struct judge *j = xcalloc(1, sizeof *j);

	j->user = *user;
	j->about = *about;
	buf_init(&j->sender, about->mail_from.n);
	buf_add(&j->sender, about->mail_from);
	j->about.mail_from = buf_slice(&j->sender);
	return j;
}

void
judge_free(struct judge **j)
{
	if (*j == NULL)
		return;
	buf_fini(&(*j)->sender);
	free(*j);
	*j = NULL;
}
