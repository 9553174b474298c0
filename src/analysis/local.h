/*
 * local.h - what is ours: --local-domains and --local-nets.
 *
 * A domain stands for itself and all below it. The loopback nets are always
 * local.
 */
#ifndef LOCAL_H
#define LOCAL_H

#include "base/net.h"

struct local;

struct local *local_new(const char *domains, const char *nets);	/* either may be NULL; NULL: malformed, said on stderr */
void local_free(struct local **);
bool local_has_domains(const struct local *);
bool local_has_nets(const struct local *);
bool local_is_addr(const struct local *, const struct addr *);
/* Of a mailbox: local too if it has no domain. The null sender has none, but belongs to nobody: false. */
bool local_is_mailbox(const struct local *, slice address);

#endif
