/*
 * report_groups.c - reports that are groups of fields, as headers are: of
 * delivery (RFC 3464, 6533), of what became of a message at its reader
 * (RFC 8098), of tracking (RFC 3886) and of abuse (RFC 5965); and the header
 * that comes back with them, of which the fields that name the message are
 * told (RFC 6522 3: text/rfc822-headers).
 *
 * Each field is a fact under the name that its standard spells, whatever the
 * case on the wire; in its value a fold is one blank, and RFC 2047 is undone.
 * Group 0 is about the message; behind each empty line the next recipient
 * begins.
 *
 * A line that is no field is passed over. Behind a gap nobody knows whose
 * fields follow: they are a group of their own.
 */
#include "base/limits.h"
#include "dissectors/mime/content/facts.h"
#include "dissectors/mime/header/header.h"
#include "dissectors/mime/header/word.h"

struct groups {
	struct facts facts;
	struct header_parser header;
	struct buf unfolded, decoded;
	bool returned;		/* it is the header that came back */
	unsigned group;
	bool told;		/* a field of this group was seen */
	size_t line;		/* bytes of the line being read, without its end */
	bool blank;		/* the last line that ended was empty */
	bool skip;		/* to the end of a line that is no field */
};

/* As the standards spell them. Looked through one by one: a report has few fields, and a part's facts are counted. */
static const slice names[] = {
	/* RFC 3464 2.2, 2.3 */
	SLICE("Original-Envelope-Id"), SLICE("Reporting-MTA"), SLICE("DSN-Gateway"), SLICE("Received-From-MTA"),
	SLICE("Arrival-Date"), SLICE("Original-Recipient"), SLICE("Final-Recipient"), SLICE("Action"), SLICE("Status"),
	SLICE("Remote-MTA"), SLICE("Diagnostic-Code"), SLICE("Last-Attempt-Date"), SLICE("Final-Log-ID"), SLICE("Will-Retry-Until"),
	SLICE("Localized-Diagnostic"),
	/* RFC 8098 3.2 */
	SLICE("Reporting-UA"), SLICE("MDN-Gateway"), SLICE("Original-Message-ID"), SLICE("Disposition"), SLICE("Failure"),
	SLICE("Error"), SLICE("Warning"),
	/* RFC 5965 3, RFC 6591 3.2 */
	SLICE("Feedback-Type"), SLICE("User-Agent"), SLICE("Version"), SLICE("Original-Mail-From"), SLICE("Original-Rcpt-To"),
	SLICE("Received-Date"), SLICE("Source-IP"), SLICE("Source-Port"), SLICE("Incidents"), SLICE("Authentication-Results"),
	SLICE("Reported-Domain"), SLICE("Reported-URI"), SLICE("Auth-Failure"), SLICE("Delivery-Result"),
	SLICE("DKIM-Domain"), SLICE("DKIM-Identity"), SLICE("DKIM-Selector"), SLICE("DKIM-ADSP-DNS"),
	SLICE("DKIM-Canonicalized-Header"), SLICE("DKIM-Canonicalized-Body"), SLICE("SPF-DNS"), SLICE("Identity-Alignment"),
};

/* RFC 5322 3.6 and RFC 2919: of a header that came back, these are told. */
static const slice naming[] = {
	SLICE("From"), SLICE("To"), SLICE("Cc"), SLICE("Reply-To"), SLICE("Subject"), SLICE("Date"), SLICE("Message-ID"),
	SLICE("In-Reply-To"), SLICE("List-ID"),
};

static const slice types[] = {
	SLICE("message/delivery-status"), SLICE("message/global-delivery-status"),
	SLICE("message/disposition-notification"), SLICE("message/global-disposition-notification"),
	SLICE("message/tracking-status"), SLICE("message/feedback-report"),
}, returned[] = {
	SLICE("text/rfc822-headers"), SLICE("text/rfc822-header"), SLICE("message/rfc822-headers"),
	SLICE("message/global-headers"),
};

#define FIND(list, word)  find(list, sizeof(list) / sizeof *(list), word)

/* Or NULL. */
static const slice *
find(const slice *list, size_t n, slice word)
{
	for (size_t i = 0; i < n; i++)
		if (slice_ieq(list[i], word))
			return &list[i];
	return NULL;
}

static bool
takes(const struct content_about *about, slice head)
{
	(void)head;
	return FIND(types, about->content_type) != NULL || FIND(returned, about->content_type) != NULL;
}

/* Values are for people and tables: the blanks of a fold are one. */
static void
unfold(slice value, struct buf *out)
{
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] != '\r' && value.p[i] != '\n') {
			buf_add_byte(out, value.p[i]);
			continue;
		}
		while (i + 1 < value.n && (char_is_blank(value.p[i + 1]) || value.p[i + 1] == '\r' || value.p[i + 1] == '\n'))
			i++;
		buf_add_byte(out, ' ');
	}
}

static void
on_field(void *self, const struct header_field *field)
{
	struct groups *g = self;
	const slice *known = g->returned ? FIND(naming, field->name) : FIND(names, field->name);

	if (known == NULL && g->returned)
		return;
	buf_clear(&g->unfolded);
	buf_clear(&g->decoded);
	unfold(field->value, &g->unfolded);
	word_decode(buf_slice(&g->unfolded), &g->decoded);
	facts_tell(&g->facts, g->group, known != NULL ? *known : field->name, buf_slice(&g->decoded));
	g->facts.truncated |= field->truncated;
	g->told = true;
}

/* Was it an empty line that ended the group, or a line that is no field? */
static void
on_bytes(void *self, slice bytes, bool in_header)
{
	struct groups *g = self;

	if (!in_header) {
		g->skip = true;
		return;
	}
	for (size_t i = 0; i < bytes.n; i++) {
		if (bytes.p[i] == '\n') {
			g->blank = g->line == 0;
			g->line = 0;
		} else if (bytes.p[i] != '\r') {
			g->line++;
		}
	}
}

static void
begin_header(struct groups *g)
{
	const struct header_user user = { .self = g, .field = on_field, .bytes = on_bytes };

	header_fini(&g->header);
	header_init(&g->header, &user);
	g->line = 0;
	g->blank = false;
}

static void
next_group(struct groups *g)
{
	if (g->returned)
		return;
	if (g->told)
		g->group++;
	g->told = false;
}

static void
open_groups(void *state, const struct opener_user *user, const struct content_about *about)
{
	struct groups *g = state;

	g->facts.user = user;
	g->returned = FIND(returned, about->content_type) != NULL;
	buf_init(&g->unfolded, LIMIT_HEADER);
	buf_init(&g->decoded, LIMIT_HEADER);
	begin_header(g);
}

/* Returns what stands behind the line that is no field. */
static slice
skip_line(struct groups *g, slice in)
{
	size_t lf;

	if (!slice_find(in, '\n', &lf))
		return SLICE_NONE;
	g->skip = false;
	return slice_drop(in, lf + 1);
}

static void
feed(void *state, slice in)
{
	struct groups *g = state;

	while (in.n > 0) {
		if (g->skip) {
			in = skip_line(g, in);
			continue;
		}
		in = slice_drop(in, header_feed(&g->header, in));
		if (!g->header.done)
			continue;
		g->facts.truncated |= g->header.limit_hit;
		if (g->blank)
			next_group(g);
		else
			g->skip = true;
		begin_header(g);
	}
}

static void
gap(void *state, uint64_t missing)
{
	struct groups *g = state;

	(void)missing;
	header_gap(&g->header);
	g->skip = false;
	g->line = 1;
	g->group += !g->returned;
	g->told = false;
}

static bool
close_groups(void *state, bool whole)
{
	struct groups *g = state;
	bool truncated;

	if (whole)
		header_finish(&g->header);
	truncated = g->facts.truncated || g->header.limit_hit;
	header_fini(&g->header);
	buf_fini(&g->unfolded);
	buf_fini(&g->decoded);
	return truncated;
}

static size_t
memory(const void *state)
{
	const struct groups *g = state;

	return g->header.field.cap + g->unfolded.cap + g->decoded.cap;
}

const struct opener report_groups_opener = {
	.name = "report", .state_size = sizeof(struct groups), .takes = takes, .open = open_groups, .feed = feed, .gap = gap,
	.close = close_groups, .memory = memory,
};
