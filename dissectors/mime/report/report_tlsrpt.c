/*
 * report_tlsrpt.c - reports of TLS failures (RFC 8460 4), gzipped or plain.
 *
 * Group 0 is the report; each policy is a group, and each kind of failure in
 * it one fact. Names are those of the standard.
 */
#include "base/limits.h"
#include "report_tree.h"

enum node {
	TOP = 1, ORGANIZATION, CONTACT, REPORT_ID, RANGE, RANGE_BEGIN, RANGE_END,
	POLICIES, POLICY, POLICY_TYPE, POLICY_STRING, POLICY_DOMAIN, MX_HOST,
	SUMMARY, SUCCESSFUL, FAILED,
	FAILURE, RESULT_TYPE, FAILED_COUNT, SENDING_IP, RECEIVING_HOST, RECEIVING_HELO, RECEIVING_IP, INFORMATION, REASON,
	NODES
};

static const struct report_node nodes[NODES] = {
	[TOP] = { REPORT_TOP, REPORT_IN, SLICE(""), SLICE("") },
	[ORGANIZATION] = { TOP, REPORT_FACT, SLICE("organization-name"), SLICE("") },
	[CONTACT] = { TOP, REPORT_FACT, SLICE("contact-info"), SLICE("") },
	[REPORT_ID] = { TOP, REPORT_FACT, SLICE("report-id"), SLICE("") },
	[RANGE] = { TOP, REPORT_IN, SLICE("date-range"), SLICE("") },
	[RANGE_BEGIN] = { RANGE, REPORT_FACT, SLICE("start-datetime"), SLICE("") },
	[RANGE_END] = { RANGE, REPORT_FACT, SLICE("end-datetime"), SLICE("") },
	[POLICIES] = { TOP, REPORT_GROUP, SLICE("policies"), SLICE("") },
	[POLICY] = { POLICIES, REPORT_IN, SLICE("policy"), SLICE("") },
	[POLICY_TYPE] = { POLICY, REPORT_FACT, SLICE("policy-type"), SLICE("") },
	[POLICY_STRING] = { POLICY, REPORT_FACT, SLICE("policy-string"), SLICE("") },
	[POLICY_DOMAIN] = { POLICY, REPORT_FACT, SLICE("policy-domain"), SLICE("") },
	[MX_HOST] = { POLICY, REPORT_FACT, SLICE("mx-host"), SLICE("") },
	[SUMMARY] = { POLICIES, REPORT_IN, SLICE("summary"), SLICE("") },
	[SUCCESSFUL] = { SUMMARY, REPORT_FACT, SLICE("total-successful-session-count"), SLICE("") },
	[FAILED] = { SUMMARY, REPORT_FACT, SLICE("total-failure-session-count"), SLICE("") },
	[FAILURE] = { POLICIES, REPORT_LIST, SLICE("failure-details"), SLICE("") },
	[RESULT_TYPE] = { FAILURE, REPORT_ITEM, SLICE("result-type"), SLICE("") },
	[FAILED_COUNT] = { FAILURE, REPORT_ITEM, SLICE("failed-session-count"), SLICE("") },
	[SENDING_IP] = { FAILURE, REPORT_ITEM, SLICE("sending-mta-ip"), SLICE("") },
	[RECEIVING_HOST] = { FAILURE, REPORT_ITEM, SLICE("receiving-mx-hostname"), SLICE("") },
	[RECEIVING_HELO] = { FAILURE, REPORT_ITEM, SLICE("receiving-mx-helo"), SLICE("") },
	[RECEIVING_IP] = { FAILURE, REPORT_ITEM, SLICE("receiving-ip"), SLICE("") },
	[INFORMATION] = { FAILURE, REPORT_ITEM, SLICE("additional-information"), SLICE("") },
	[REASON] = { FAILURE, REPORT_ITEM, SLICE("failure-reason-code"), SLICE("") },
};

static const struct report_form form = { nodes, NODES, tree_json_init, tree_json_feed, NULL, NULL };

/* By its type; or, sent as something else, by what every report begins with. */
static bool
takes(const struct content_about *about, slice head)
{
	if (slice_eq(about->content_type, S("application/tlsrpt+json"))
	    || slice_eq(about->content_type, S("application/tlsrpt+gzip")))
		return true;
	return unwrap_begins(head, '{', S("\"organization-name\""));
}

static void
open_tlsrpt(void *state, const struct opener_user *user, const struct content_about *about)
{
	(void)about;
	report_open(state, &form, user);
}

const struct opener report_tlsrpt_opener = {
	.name = "tlsrpt", .state_size = sizeof(struct report), .takes = takes, .open = open_tlsrpt, .feed = report_feed,
	.gap = report_gap,
	.close = report_close, .memory = report_memory,
};
