/*
 * capabilities.h - all sets of them, capabilities(7): permitted, effective,
 * inheritable, ambient, and as far as it is allowed the bounding set.
 */
#ifndef CAPABILITIES_H
#define CAPABILITIES_H

#include <stdbool.h>
#include <stdint.h>

#define CAPABILITY(number) (UINT64_C(1) << (number))

/* While we may: what can never be had again. */
void capabilities_bound(uint64_t keep);
/* Of those that we have, these stay, permitted and effective. False: errno. */
bool capabilities_keep(uint64_t keep);

#endif
