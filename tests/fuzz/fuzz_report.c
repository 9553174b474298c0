/*
 * fuzz_report.c - reports, and other small things that openers read, fed whole
 * and fed cut: the same is told.
 *
 * Input: one byte that says which opener, one that says how to cut, the part.
 */
#include <stdint.h>

#include "openers.h"

extern const struct opener report_groups_opener, report_dmarc_opener, report_tlsrpt_opener, smime_opener, pgp_opener;

static const struct opener *const which[] = { &report_groups_opener, &report_dmarc_opener, &report_tlsrpt_opener,
	&smime_opener, &pgp_opener };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size >= 2)
		check_cuts(which[data[0] % (sizeof which / sizeof *which)], (slice){ data + 2, size - 2 }, data[1]);
	return 0;
}
