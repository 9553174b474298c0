/*
 * analysis.h - looks across commands, sessions and servers, and adds findings.
 *
 * It sees every event just before the fold does, and answers with EV_ANOMALY
 * events of its own, which stand before the event that proved them.
 */
#ifndef ANALYSIS_H
#define ANALYSIS_H

#include "dissect/event.h"

struct analysis;

struct analysis_options {
	nstime slow;			/* --slow: a reply that takes longer is slow; 0: judge by the server's median */
	const char *local_domains;	/* --local-domains: comma-separated, or NULL */
	const char *local_nets;		/* --local-nets: comma-separated networks (RFC 4632), or NULL */
};

uint32_t analysis_wants(void);
/* NULL: a list is malformed, said on stderr. */
struct analysis *analysis_new(const struct analysis_options *);
void analysis_free(struct analysis **);
void analysis_event(struct analysis *, const struct event *, void (*emit)(void *self, const struct event *), void *self);

#endif
