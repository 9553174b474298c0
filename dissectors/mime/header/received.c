#include "received.h"

#include "base/net.h"
#include "date.h"

enum clause { NONE, FROM, BY, VIA, WITH, ID, FOR, TLS, CLAUSES };

/* RFC 5321 4.4; RFC 8314 7.4 for "tls". */
static const slice keywords[CLAUSES] = {
	[FROM] = SLICE("from"), [BY] = SLICE("by"), [VIA] = SLICE("via"), [WITH] = SLICE("with"), [ID] = SLICE("id"), [FOR] = SLICE("for"),
	[TLS] = SLICE("tls"),
};

/* RFC 3848, RFC 6531 4.3, and what servers write besides. */
static const struct { slice name; bool tls, authenticated; } protocols[] = {
	{ SLICE("ESMTPS"), true, false }, { SLICE("ESMTPA"), false, true }, { SLICE("ESMTPSA"), true, true },
	{ SLICE("LMTPS"), true, false }, { SLICE("LMTPA"), false, true }, { SLICE("LMTPSA"), true, true },
	{ SLICE("UTF8SMTPS"), true, false }, { SLICE("UTF8SMTPA"), false, true }, { SLICE("UTF8SMTPSA"), true, true },
	{ SLICE("UTF8LMTPS"), true, false }, { SLICE("UTF8LMTPA"), false, true }, { SLICE("UTF8LMTPSA"), true, true },
	{ SLICE("SMTPS"), true, false }, { SLICE("SSMTP"), true, false }, { SLICE("SMTPSA"), true, true }, { SLICE("ASMTP"), false, true },
	{ SLICE("HTTPS"), true, false },
};

/* How comments begin that tell the same. */
static const struct { slice beginning; bool tls, authenticated; } remarks[] = {
	{ SLICE("using TLS"), true, false },			/* Postfix */
	{ SLICE("using SSL"), true, false },
	{ SLICE("TLS"), true, false },				/* Exim, OpenSMTPD, Courier */
	{ SLICE("version=TLS"), true, false },			/* sendmail, Exchange, Gmail */
	{ SLICE("version=SSL"), true, false },
	{ SLICE("Authenticated sender:"), false, true },	/* Postfix */
	{ SLICE("authenticated bits="), false, true },		/* sendmail */
	{ SLICE("AUTH:"), false, true },			/* Courier */
};

struct parser {
	slice in;
	size_t at;
	struct received *r;
	enum clause clause;		/* whose words come */
	bool seen[CLAUSES];
	bool glued;			/* nothing but blanks since the last word of the clause */
	bool has_helo;			/* a comment told the name that the client gave */
	bool no_comments, no_quotes;	/* one was not closed: from there on its opening is a byte as others are */
	bool has_date;
	size_t date;			/* behind the last semicolon, or at a day's name if there is none */
};

static bool
is_space(uint8_t c)
{
	return char_is_blank(c) || c == '\r' || c == '\n';
}

static slice
span(const struct parser *p, size_t from, size_t to)
{
	return slice_take(slice_drop(p->in, from), to - from);
}

/* Where the comment that opens at `at` closes, or in.n. Counts, so that nesting costs no stack. */
static size_t
comment_end(struct parser *p)
{
	size_t depth = 0;

	for (size_t i = p->at; i < p->in.n && !p->no_comments; i++) {
		uint8_t c = p->in.p[i];

		if (c == '\\')
			i++;
		else if (c == '(')
			depth++;
		else if (c == ')' && --depth == 0)
			return i;
	}
	p->no_comments = true;
	return p->in.n;
}

/* --- what stands in comments --- */

/* "[192.0.2.1]", "[IPv6:2001:db8::1]:587", "192.0.2.1": the address alone; or none. */
static slice
address_of(slice word)
{
	slice zone;
	struct addr a;

	if (slice_starts(word, S("[")))
		slice_cut(slice_drop(word, 1), ']', &word, &zone);
	if (slice_istarts(word, S("IPv6:")))
		word = slice_drop(word, 5);
	slice_cut(word, '%', &word, &zone);
	return addr_parse(word, &a) ? word : SLICE_NONE;
}

static slice
host_of(slice word)
{
	while (word.n > 0 && word.p[word.n - 1] == '.')
		word.n--;
	return slice_ieq(word, S("unknown")) || slice_starts(word, S("[")) ? SLICE_NONE : word;
}

static void
set_address(struct parser *p, slice word)
{
	slice ip = address_of(word);

	if (p->r->from_ip.n == 0)
		p->r->from_ip = ip;
}

/* The client's name stands in a comment: then what stands outside is what the server found out. */
static void
set_helo(struct parser *p, slice name)
{
	if (p->has_helo || name.n == 0)
		return;
	p->has_helo = true;
	set_address(p, p->r->from);
	if (p->r->from_host.n == 0)
		p->r->from_host = host_of(p->r->from);
	p->r->from = name;
}

/* The next word of a comment; what is nested in it is passed over. */
static slice
take_inner_word(slice *comment)
{
	size_t depth = 0, from, i = 0;
	slice word;

	for (; i < comment->n && (depth > 0 || is_space(comment->p[i]) || comment->p[i] == '(' || comment->p[i] == ')'); i++) {
		if (comment->p[i] == '\\')
			i++;
		else if (comment->p[i] == '(')
			depth++;
		else if (comment->p[i] == ')' && depth > 0)
			depth--;
	}
	from = i;
	while (i < comment->n && !is_space(comment->p[i]) && comment->p[i] != '(' && comment->p[i] != ')')
		i++;
	word = slice_drop(slice_take(*comment, i), from);
	*comment = slice_drop(*comment, i);
	return word;
}

/* "IDENT:alice@host": the host. */
static slice
behind_at(slice word)
{
	size_t at;

	while (slice_find(word, '@', &at))
		word = slice_drop(word, at + 1);
	return word;
}

/* "EHLO name" in quotes, as ZMailer writes it. */
static slice
without_quotes(slice word)
{
	if (word.n > 1 && word.p[0] == '"')
		word = slice_drop(word, 1);
	if (word.n > 1 && word.p[word.n - 1] == '"')
		word.n--;
	return word;
}

/* Behind "from": "host [ip]", "[ip]", "ip", "HELO name", "[ip]:port helo=name", in any mixture. */
static void
take_found(struct parser *p, slice comment)
{
	slice word, first = SLICE_NONE;
	bool helo = false;

	for (size_t n = 0; (word = without_quotes(take_inner_word(&comment))).n > 0; n++) {
		if (helo)
			set_helo(p, word);
		else if (slice_istarts(word, S("helo=")))
			set_helo(p, slice_drop(word, 5));
		else if (address_of(behind_at(word)).n > 0)
			set_address(p, behind_at(word));
		else if (n == 0)
			first = behind_at(word);
		helo = slice_eq(word, S("HELO")) || slice_eq(word, S("EHLO"));
		if (n == 1 && slice_starts(word, S("[")) && p->r->from_host.n == 0)
			p->r->from_host = host_of(first);
	}
}

static void
take_remark(struct parser *p, slice comment)
{
	for (size_t i = 0; i < sizeof remarks / sizeof *remarks; i++) {
		if (slice_istarts(comment, remarks[i].beginning)) {
			p->r->tls |= remarks[i].tls;
			p->r->authenticated |= remarks[i].authenticated;
		}
	}
}

static bool
take_comment(struct parser *p)
{
	size_t end = comment_end(p);
	slice comment = span(p, p->at + 1, end);

	if (end == p->in.n)
		return false;
	take_remark(p, comment);
	if (p->clause == FROM)
		take_found(p, comment);
	p->glued = false;
	p->at = end + 1;
	return true;
}

/* --- clauses --- */

static size_t
quoted_end(struct parser *p, size_t at)
{
	for (size_t i = at + 1; i < p->in.n && !p->no_quotes; i++) {
		if (p->in.p[i] == '\\')
			i++;
		else if (p->in.p[i] == '"')
			return i;
	}
	p->no_quotes = true;
	return at;
}

static slice
take_text(struct parser *p)
{
	size_t from = p->at;

	do {
		if (p->in.p[p->at] == '"')
			p->at = quoted_end(p, p->at);
		p->at++;
	} while (p->at < p->in.n && !is_space(p->in.p[p->at]) && p->in.p[p->at] != '(' && p->in.p[p->at] != ';');
	return span(p, from, p->at);
}

static enum clause
clause_of(slice word)
{
	for (enum clause c = FROM; c < CLAUSES; c++) {
		if (slice_ieq(word, keywords[c]))
			return c;
	}
	return NONE;
}

static slice *
value_of(struct received *r, enum clause clause)
{
	switch (clause) {
	case FROM:
		return &r->from;
	case BY:
		return &r->by;
	case VIA:
		return &r->via;
	case WITH:
		return &r->with;
	case ID:
		return &r->id;
	case FOR:
		return &r->for_;
	case NONE:
	case TLS:
	case CLAUSES:
		break;
	}
	return NULL;
}

static slice
trim_value(slice word, enum clause clause)
{
	if (word.n > 1 && word.p[word.n - 1] == ',')
		word.n--;
	if (clause == FOR && slice_starts(word, S("<"))) {
		word = slice_drop(word, 1);
		word.n -= word.n > 0 && word.p[word.n - 1] == '>';
	}
	return word;
}

/* "Microsoft SMTP Server": of `with` and `via` more words may follow; of `from`, an address in brackets. */
static void
take_value(struct parser *p, slice word)
{
	slice *value = value_of(p->r, p->clause);

	if (p->clause == TLS)
		p->r->tls = true;
	if (value == NULL)
		return;
	if (value->n == 0)
		*value = trim_value(word, p->clause);
	else if (p->glued && (p->clause == WITH || p->clause == VIA))
		value->n = (size_t)(word.p + word.n - value->p);
	else if (p->clause == FROM && word.p[0] == '[')
		set_address(p, word);
	p->glued = true;
}

/* "Sat,", "2026-11-21": where a semicolon is missing, the date begins there. */
static bool
is_day(slice word)
{
	static const slice days[] = {
		SLICE("Mon,"), SLICE("Tue,"), SLICE("Wed,"), SLICE("Thu,"), SLICE("Fri,"), SLICE("Sat,"), SLICE("Sun,"),
	};

	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		if (slice_ieq(word, days[i]))
			return true;
	}
	for (size_t i = 0; i < word.n; i++) {
		if (i == 4 || i == 7 ? word.p[i] != '-' : !char_is_digit(word.p[i]))
			return false;
	}
	return word.n == 10;
}

static void
take_word(struct parser *p)
{
	size_t from = p->at;
	slice word = take_text(p);
	enum clause clause = clause_of(word);

	if (clause != NONE) {
		p->clause = p->seen[clause] ? NONE : clause;
		p->seen[clause] = true;
		p->glued = false;
	} else if (is_day(word) && !p->has_date) {
		p->date = from;
		p->clause = NONE;
	} else {
		take_value(p, word);
	}
}

static void
take_some(struct parser *p)
{
	uint8_t c = p->in.p[p->at];

	if (c == '(' && take_comment(p))
		return;
	if (c == ';') {
		p->has_date = true;
		p->date = p->at + 1;
		p->clause = NONE;
	}
	if (c == ';' || is_space(c))
		p->at++;
	else
		take_word(p);
}

/* Of "MailEnable ESMTPS", the last word. */
static void
read_protocol(struct received *r)
{
	slice last = r->with;
	size_t blank;

	while (slice_find(last, ' ', &blank))
		last = slice_drop(last, blank + 1);
	for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) {
		if (slice_ieq(last, protocols[i].name)) {
			r->tls |= protocols[i].tls;
			r->authenticated |= protocols[i].authenticated;
		}
	}
}

bool
received_parse(slice unfolded, struct received *r)
{
	struct parser p = { .in = unfolded, .r = r, .date = unfolded.n };
	bool understood;

	*r = (struct received){ .time = NSTIME_NONE };
	while (p.at < p.in.n)
		take_some(&p);
	set_address(&p, p.has_helo ? SLICE_NONE : r->from);
	read_protocol(r);
	if (!date_parse(slice_drop(unfolded, p.date), &r->time))
		r->time = NSTIME_NONE;
	understood = r->from_host.n > 0 || r->from_ip.n > 0;
	for (enum clause c = FROM; c < TLS; c++)
		understood |= value_of(r, c)->n > 0;
	return understood || r->time != NSTIME_NONE;
}
