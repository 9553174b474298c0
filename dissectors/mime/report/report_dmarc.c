/*
 * report_dmarc.c - DMARC aggregate reports (RFC 7489 7.2, appendix C, and the
 * reports of its successor), gzipped, zipped or plain.
 *
 * Group 0 is the report: who wrote it, for which days, of which domain and
 * policy, and the sums over its records; each record is a group. Names are
 * those of the schema. `begin` and `end` are told as RFC 3339.
 */
#include "base/limits.h"
#include "report_tree.h"

enum node {
	FEEDBACK = 1, SCHEMA,
	METADATA, ORG_NAME, EMAIL, CONTACT, REPORT_ID, ERROR_TEXT, GENERATOR, RANGE, RANGE_BEGIN, RANGE_END,
	POLICY, POLICY_DOMAIN, ADKIM, ASPF, P, SP, NP, PCT, FO, TESTING, DISCOVERY,
	RECORD, ROW, SOURCE_IP, COUNT, EVALUATED, DISPOSITION, DKIM, SPF, REASON, REASON_TYPE, REASON_COMMENT,
	IDENTIFIERS, HEADER_FROM, ENVELOPE_FROM, ENVELOPE_TO,
	RESULTS, DKIM_RESULT, DKIM_DOMAIN, DKIM_SELECTOR, DKIM_SAYS, SPF_RESULT, SPF_DOMAIN, SPF_SCOPE, SPF_SAYS,
	NODES
};

static const struct report_node nodes[NODES] = {
	[FEEDBACK] = { REPORT_TOP, REPORT_IN, SLICE("feedback"), SLICE("") },
	[SCHEMA] = { FEEDBACK, REPORT_FACT, SLICE("version"), SLICE("") },
	[METADATA] = { FEEDBACK, REPORT_IN, SLICE("report_metadata"), SLICE("") },
	[ORG_NAME] = { METADATA, REPORT_FACT, SLICE("org_name"), SLICE("") },
	[EMAIL] = { METADATA, REPORT_FACT, SLICE("email"), SLICE("") },
	[CONTACT] = { METADATA, REPORT_FACT, SLICE("extra_contact_info"), SLICE("") },
	[REPORT_ID] = { METADATA, REPORT_FACT, SLICE("report_id"), SLICE("") },
	[ERROR_TEXT] = { METADATA, REPORT_FACT, SLICE("error"), SLICE("") },
	[GENERATOR] = { METADATA, REPORT_FACT, SLICE("generator"), SLICE("") },
	[RANGE] = { METADATA, REPORT_IN, SLICE("date_range"), SLICE("") },
	[RANGE_BEGIN] = { RANGE, REPORT_TIME, SLICE("begin"), SLICE("") },
	[RANGE_END] = { RANGE, REPORT_TIME, SLICE("end"), SLICE("") },
	[POLICY] = { FEEDBACK, REPORT_IN, SLICE("policy_published"), SLICE("") },
	[POLICY_DOMAIN] = { POLICY, REPORT_FACT, SLICE("domain"), SLICE("") },
	[ADKIM] = { POLICY, REPORT_FACT, SLICE("adkim"), SLICE("") },
	[ASPF] = { POLICY, REPORT_FACT, SLICE("aspf"), SLICE("") },
	[P] = { POLICY, REPORT_FACT, SLICE("p"), SLICE("") },
	[SP] = { POLICY, REPORT_FACT, SLICE("sp"), SLICE("") },
	[NP] = { POLICY, REPORT_FACT, SLICE("np"), SLICE("") },
	[PCT] = { POLICY, REPORT_FACT, SLICE("pct"), SLICE("") },
	[FO] = { POLICY, REPORT_FACT, SLICE("fo"), SLICE("") },
	[TESTING] = { POLICY, REPORT_FACT, SLICE("testing"), SLICE("") },
	[DISCOVERY] = { POLICY, REPORT_FACT, SLICE("discovery_method"), SLICE("") },
	[RECORD] = { FEEDBACK, REPORT_GROUP, SLICE("record"), SLICE("") },
	[ROW] = { RECORD, REPORT_IN, SLICE("row"), SLICE("") },
	[SOURCE_IP] = { ROW, REPORT_FACT, SLICE("source_ip"), SLICE("") },
	[COUNT] = { ROW, REPORT_FACT, SLICE("count"), SLICE("") },
	[EVALUATED] = { ROW, REPORT_IN, SLICE("policy_evaluated"), SLICE("") },
	[DISPOSITION] = { EVALUATED, REPORT_FACT, SLICE("disposition"), SLICE("") },
	[DKIM] = { EVALUATED, REPORT_FACT, SLICE("dkim"), SLICE("") },
	[SPF] = { EVALUATED, REPORT_FACT, SLICE("spf"), SLICE("") },
	[REASON] = { EVALUATED, REPORT_LIST, SLICE("reason"), SLICE("") },
	[REASON_TYPE] = { REASON, REPORT_ITEM, SLICE("type"), SLICE("") },
	[REASON_COMMENT] = { REASON, REPORT_ITEM, SLICE("comment"), SLICE("") },
	[IDENTIFIERS] = { RECORD, REPORT_IN, SLICE("identifiers"), SLICE("") },
	[HEADER_FROM] = { IDENTIFIERS, REPORT_FACT, SLICE("header_from"), SLICE("") },
	[ENVELOPE_FROM] = { IDENTIFIERS, REPORT_FACT, SLICE("envelope_from"), SLICE("") },
	[ENVELOPE_TO] = { IDENTIFIERS, REPORT_FACT, SLICE("envelope_to"), SLICE("") },
	[RESULTS] = { RECORD, REPORT_IN, SLICE("auth_results"), SLICE("") },
	[DKIM_RESULT] = { RESULTS, REPORT_LIST, SLICE("dkim"), SLICE("auth_results.dkim") },
	[DKIM_DOMAIN] = { DKIM_RESULT, REPORT_ITEM, SLICE("domain"), SLICE("") },
	[DKIM_SELECTOR] = { DKIM_RESULT, REPORT_ITEM, SLICE("selector"), SLICE("") },
	[DKIM_SAYS] = { DKIM_RESULT, REPORT_ITEM, SLICE("result"), SLICE("") },
	[SPF_RESULT] = { RESULTS, REPORT_LIST, SLICE("spf"), SLICE("auth_results.spf") },
	[SPF_DOMAIN] = { SPF_RESULT, REPORT_ITEM, SLICE("domain"), SLICE("") },
	[SPF_SCOPE] = { SPF_RESULT, REPORT_ITEM, SLICE("scope"), SLICE("") },
	[SPF_SAYS] = { SPF_RESULT, REPORT_ITEM, SLICE("result"), SLICE("") },
};

/* The sums are told whole, whatever did not fit of the records. */
struct dmarc {
	struct report report;
	uint64_t records, messages, passed, count;
	bool pass;			/* of this record: DKIM or SPF, aligned (RFC 7489 3.1) */
};

static uint64_t
add_bounded(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static void
on_value(struct report *r, unsigned node, slice value)
{
	struct dmarc *d = (struct dmarc *)r;

	if (node == COUNT && !slice_number(value, &d->count))
		d->count = 0;
	if ((node == DKIM || node == SPF) && slice_ieq(value, S("pass")))
		d->pass = true;
}

static void
on_ended(struct report *r, unsigned node)
{
	struct dmarc *d = (struct dmarc *)r;

	if (node != RECORD)
		return;
	d->records++;
	d->messages = add_bounded(d->messages, d->count);
	if (d->pass)
		d->passed = add_bounded(d->passed, d->count);
	d->count = 0;
	d->pass = false;
}

static const struct report_form form = { nodes, NODES, tree_xml_init, tree_xml_feed, on_value, on_ended };

static bool
has_ending(slice name, slice ending)
{
	return name.n >= ending.n && slice_ieq(slice_drop(name, name.n - ending.n), ending);
}

/* RFC 7489 7.2.1.1: receiver!domain!begin!end[!id].xml[.gz] (or .zip) */
static bool
is_named_so(slice name)
{
	static const slice endings[] = { SLICE(".xml"), SLICE(".xml.gz"), SLICE(".gz"), SLICE(".zip") };
	unsigned marks = 0;

	for (size_t i = 0; i < name.n; i++)
		marks += name.p[i] == '!';
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (marks >= 3 && has_ending(name, endings[i]))
			return true;
	return false;
}

static bool
takes(const struct content_about *about, slice head)
{
	return is_named_so(about->filename) || unwrap_begins(head, '<', S("<feedback"))
	    || unwrap_begins(head, '<', S(":feedback"));		/* with a prefix */
}

static void
open_dmarc(void *state, const struct opener_user *user, const struct content_about *about)
{
	(void)about;
	report_open(state, &form, user);
}

static bool
close_dmarc(void *state, bool whole)
{
	struct dmarc *d = state;
	bool truncated = report_close(&d->report, whole);

	if (d->records > 0) {
		facts_total(&d->report.facts, S("records"), d->records);
		facts_total(&d->report.facts, S("messages"), d->messages);
		facts_total(&d->report.facts, S("messages_passed"), d->passed);
	}
	return truncated;
}

const struct opener report_dmarc_opener = {
	.name = "dmarc", .state_size = sizeof(struct dmarc), .takes = takes, .open = open_dmarc, .feed = report_feed,
	.gap = report_gap,
	.close = close_dmarc, .memory = report_memory,
};
