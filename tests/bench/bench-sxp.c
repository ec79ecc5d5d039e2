/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench-sxp.c - how fast libsxp is, as ratios to memcpy() of the same buffer
 * in the same rounds; medians. "make bench" builds and runs it.
 *
 * Documents are made here, the same each time: domains as xend printed them, of
 * about 1.5 KB each, on one line, indented, or with "double quotes" around all
 * that is no Lisp symbol; and strings full of escapes. Reading includes the
 * check for UTF-8 and, where nothing else is said, memory which is kept between
 * documents. Where a buffer fits the cache memcpy() is several times as fast as
 * where it does not, and the ratio says less: the table has its speed, too.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sxp/read.h"
#include "tests/bench/peers.h"

#define ROUNDS 21
#define MAX_TARGETS 12
#define N_SMALL 1000

enum style { COMPACT, INDENTED, DOUBLE_QUOTED };

struct text {
	char *bytes;
	size_t len, size;
	enum style style;
	uint64_t random;
};

static void put(struct text *t, const char *format, ...)
{
	va_list args;
	int n;

	if (t->size - t->len < 4096) {
		t->size = t->size * 2 + 8192;
		t->bytes = realloc(t->bytes, t->size);
		if (!t->bytes)
			abort();
	}
	va_start(args, format);
	n = vsnprintf(t->bytes + t->len, 4096, format, args);
	va_end(args);
	t->len += (size_t)n;
}

static unsigned below(struct text *t, unsigned n)
{
	t->random = t->random * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(t->random >> 33) % n;
}

static bool is_symbol(const char *s)
{
	return *s &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") ==
		       strlen(s) &&
	       (*s < '0' || *s > '9') && *s != '-';
}

static void put_value(struct text *t, const char *s)
{
	bool bare = *s &&
		    strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:/~") ==
			    strlen(s);

	if (t->style == DOUBLE_QUOTED)
		put(t, is_symbol(s) ? "%s" : "\"%s\"", s);
	else
		put(t, bare ? "%s" : "'%s'", s);
}

static void new_line(struct text *t, int level)
{
	if (t->style == INDENTED)
		put(t, "\n%*s", level * 4, "");
	else
		put(t, " ");
}

static void put_pair(struct text *t, int level, const char *name, const char *format, ...)
{
	char value[256];
	va_list args;

	va_start(args, format);
	vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	new_line(t, level);
	put(t, "(%s ", name);
	put_value(t, value);
	put(t, ")");
}

static void put_uuid(struct text *t, int level)
{
	put_pair(t, level, "uuid", "%04x%04x-%04x-%04x-%04x-%04x%04x%04x", below(t, 65536),
		 below(t, 65536), below(t, 65536), below(t, 65536), below(t, 65536),
		 below(t, 65536), below(t, 65536), below(t, 65536));
}

static void put_image(struct text *t)
{
	new_line(t, 2);
	put(t, "(image");
	new_line(t, 3);
	put(t, "(linux");
	put_pair(t, 4, "kernel", "/boot/vmlinuz-2.6.18-xen");
	put_pair(t, 4, "ramdisk", "/boot/initrd-2.6.18-xen.img");
	put_pair(t, 4, "args", "root=/dev/xvda%u ro console=hvc0", 1 + below(t, 3));
	put_pair(t, 4, "device_model", "/usr/lib/xen/bin/qemu-dm");
	new_line(t, 4);
	put(t, "(notes");
	put_pair(t, 5, "HV_START_LOW", "18446603336221196288");
	put_pair(t, 5, "FEATURES", "writable_page_tables|pae_pgdir_above_4gb|supervisor_mode_kernel");
	put_pair(t, 5, "VIRT_BASE", "18446744071562067968");
	put_pair(t, 5, "GUEST_VERSION", "2.6");
	put_pair(t, 5, "PADDR_OFFSET", "0");
	put_pair(t, 5, "GUEST_OS", "linux");
	put_pair(t, 5, "HYPERCALL_PAGE", "18446744071564189696");
	put_pair(t, 5, "LOADER", "generic");
	put_pair(t, 5, "ENTRY", "18446744071564165120");
	put_pair(t, 5, "XEN_VERSION", "xen-3.0");
	put(t, ")))");
}

static void put_devices(struct text *t)
{
	for (unsigned i = 0, n = 1 + below(t, 3); i < n; i++) {
		new_line(t, 2);
		put(t, "(device");
		new_line(t, 3);
		put(t, "(vif");
		put_pair(t, 4, "bridge", "xenbr%u", i);
		put_pair(t, 4, "mac", "00:16:3e:%02x:%02x:%02x", below(t, 128), below(t, 256),
			 below(t, 256));
		put_pair(t, 4, "script", below(t, 2) ? "/etc/xen/scripts/vif-bridge" : "vif-route");
		put_uuid(t, 4);
		if (below(t, 2))
			put_pair(t, 4, "ip", "10.%u.0.1 10.%u.0.2", below(t, 256), below(t, 256));
		put(t, "))");
	}
	for (unsigned i = 0, n = 1 + below(t, 3); i < n; i++) {
		new_line(t, 2);
		put(t, "(device");
		new_line(t, 3);
		put(t, "(vbd");
		put_uuid(t, 4);
		put_pair(t, 4, "bootable", "%u", i == 0);
		put_pair(t, 4, "driver", "paravirtualised");
		put_pair(t, 4, "dev", "sd%c1:disk", 'a' + (int)i);
		put_pair(t, 4, "uname", "phy:vg%u/disk%u", below(t, 4), i);
		put_pair(t, 4, "mode", below(t, 2) ? "w" : "r");
		put_pair(t, 4, "backend", "0");
		put(t, "))");
	}
}

static void put_domain(struct text *t, unsigned domid)
{
	static const char *const roles[] = { "web", "db", "mail", "build", "dns", "proxy" };

	new_line(t, 1);
	put(t, "(domain");
	put_pair(t, 2, "domid", "%u", domid);
	put_pair(t, 2, "on_crash", "restart");
	put_uuid(t, 2);
	put_pair(t, 2, "bootloader_args", "%s", "");
	put_pair(t, 2, "vcpus", "%u", 1 + below(t, 8));
	put_pair(t, 2, "name", "%s%02u", roles[below(t, 6)], below(t, 100));
	put_pair(t, 2, "on_poweroff", "destroy");
	put_pair(t, 2, "on_reboot", "restart");
	new_line(t, 2);
	put(t, "(cpus (");
	for (unsigned i = 0, n = 1 + below(t, 4); i < n; i++) {
		put(t, i ? " (" : "(");
		put_value(t, below(t, 2) ? "0" : "11");
		put(t, ")");
	}
	put(t, "))");
	put_pair(t, 2, "maxmem", "%u", 128u << below(t, 6));
	put_pair(t, 2, "memory", "%u", 128u << below(t, 6));
	put_pair(t, 2, "shadow_memory", "0");
	put_pair(t, 2, "features", "%s", "");
	put_pair(t, 2, "on_xend_start", "ignore");
	put_pair(t, 2, "on_xend_stop", "ignore");
	put_pair(t, 2, "start_time", "%u.%02u", 1161876732 + below(t, 100000000), below(t, 100));
	put_pair(t, 2, "cpu_time", "%u.%09u", below(t, 100000), below(t, 1000000000));
	put_pair(t, 2, "online_vcpus", "%u", 1 + below(t, 8));
	put_image(t);
	put_pair(t, 2, "status", "2");
	put_pair(t, 2, "state", below(t, 2) ? "-b----" : "r-----");
	put_pair(t, 2, "store_mfn", "%u", below(t, 2000000));
	put_pair(t, 2, "console_mfn", "%u", below(t, 2000000));
	put_devices(t);
	put(t, ")");
}

static struct text make_domains(enum style style, unsigned n, unsigned seed)
{
	struct text t = { .style = style, .random = seed };

	put(&t, "(domains");
	for (unsigned i = 1; i <= n; i++)
		put_domain(&t, i);
	put(&t, ")\n");
	return t;
}

static struct text make_escapes(size_t size)
{
	static const char *const words[] = { "alpha",	      "it\\'s",	    "tab\\there",
					     "back\\\\slash", "\\x01\\x02", "C:\\\\xen\\\\bin",
					     "line\\nbreak",  "end\\\\" };
	struct text t = { .random = 1 };

	put(&t, "(list");
	while (t.len < size) {
		put(&t, " (k '");
		for (unsigned i = 2 + below(&t, 10); i; i--)
			put(&t, "%s ", words[below(&t, 8)]);
		put(&t, "')");
	}
	put(&t, ")\n");
	return t;
}

static struct text make_run(char open, char fill, char close, size_t n)
{
	struct text t = { .bytes = malloc(2 * n + 2), .len = 2 * n };

	memset(t.bytes, fill, 2 * n);
	memset(t.bytes, open, open == fill ? n : 1);
	memset(t.bytes + (open == fill ? n : 2 * n - 1), close, open == fill ? n : 1);
	return t;
}

/* ---- measuring ---- */

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v)
{
	qsort(v, ROUNDS, sizeof(*v), compare);
	return v[ROUNDS / 2];
}

/* Memory for one thing after the other. */
static struct sxp_options kept = { .flags = SXP_UTF8 };
static char *out;
static size_t out_size;
static struct sxp_doc *printed;

static bool ignore(void *arg, const struct sxp_error *err)
{
	(void)arg;
	(void)err;
	return true;
}

static size_t copy(const struct text *t)
{
	memcpy(out, t->bytes, t->len);
	return t->len;
}

static size_t read_kept(const struct text *t)
{
	struct sxp_doc *doc = sxp_read_with(t->bytes, t->len, &kept, NULL);

	sxp_free(doc);
	return doc != NULL;
}

static enum scanner scanner;

static size_t read_by_scanner(const struct text *t)
{
	struct sxp_doc *doc = reader_read(scanner, t->bytes, t->len, &kept, NULL);

	sxp_free(doc);
	return doc != NULL;
}

static size_t read_anew(const struct text *t)
{
	struct sxp_options options = { .flags = SXP_UTF8 | SXP_RECOVER, .defect = ignore };
	struct sxp_doc *doc = sxp_read_with(t->bytes, t->len, &options, NULL);

	sxp_free(doc);
	return doc != NULL;
}

/* All there is to have: every text, decoded. */
static size_t read_and_look(const struct text *t)
{
	struct sxp_doc *doc = sxp_read_with(t->bytes, t->len, &kept, NULL);
	sxp_node node = sxp_root(doc), stack[64];
	size_t depth = 0, sum = 0;
	char buf[4096];

	while (node || depth) {
		if (!node) {
			node = stack[--depth];
		} else if (sxp_is_list(doc, node) && depth < 64) {
			stack[depth++] = sxp_next(doc, node);
			node = sxp_first(doc, node);
			continue;
		} else {
			sum += sxp_copy_text(doc, node, buf, sizeof(buf));
			node = sxp_next(doc, node);
		}
	}
	sxp_free(doc);
	return sum;
}

static size_t check(const struct text *t)
{
	return sxp_check(t->bytes, t->len, &kept, NULL);
}

static size_t stream(const struct text *t)
{
	struct sxp_stream *st = sxp_stream_new(NULL);
	struct sxp_token token;
	enum sxp_event event;
	size_t n = 0, from = 0;

	while ((event = sxp_stream_next(st, &token)) != SXP_END && event != SXP_ERROR) {
		if (event == SXP_MORE) {
			size_t len = t->len - from < 65536 ? t->len - from : 65536;

			sxp_stream_feed(st, t->bytes + from, len, from + len == t->len);
			from += len;
		}
		n++;
	}
	sxp_stream_free(st);
	return event == SXP_END ? n : 0;
}

static size_t print(const struct text *t)
{
	(void)t;
	return sxp_print_buffer(printed, sxp_root(printed), NULL, out, out_size);
}

/* Seconds for each of two, in turns; the ratio is of the medians. */
static double measure(size_t (*what)(const struct text *), const struct text *t, double *ratio)
{
	double times[ROUNDS], copies[ROUNDS], start;
	size_t repeat = t->len < 1000000 ? 1000000 / (t->len + 1) + 1 : 1;

	if (!what(t)) {
		puts("  it does not work");
		exit(1);
	}
	for (int i = 0; i < ROUNDS; i++) {
		start = now();
		for (size_t n = 0; n < repeat; n++)
			copy(t);
		copies[i] = (now() - start) / (double)repeat;
		start = now();
		for (size_t n = 0; n < repeat; n++)
			what(t);
		times[i] = (now() - start) / (double)repeat;
	}
	*ratio = median(copies) / median(times);
	return median(times);
}

static size_t count_nodes(const struct text *t)
{
	size_t n = 0, depth = 0;
	struct sxp_stream *st = sxp_stream_new(NULL);
	struct sxp_token token;
	enum sxp_event event;

	sxp_stream_feed(st, t->bytes, t->len, true);
	while ((event = sxp_stream_next(st, &token)) != SXP_END && event != SXP_ERROR) {
		n += event == SXP_OPEN || event == SXP_TEXT;
		depth += event == SXP_OPEN;
	}
	sxp_stream_free(st);
	return n;
}

/* ---- what is aimed at ---- */

struct target {
	const char *name, *unit;
	double value, must, reach;
	bool is_less_better;
};

static struct target targets[MAX_TARGETS];
static size_t n_targets;

static void aim(const char *name, const char *unit, double value, double must, double reach)
{
	targets[n_targets++] = (struct target){ name, unit, value, must, reach, must > reach };
}

static const char *verdict(const struct target *t)
{
	double sign = t->is_less_better ? -1 : 1;

	if (t->value * sign >= t->reach * sign)
		return "reached";
	return t->value * sign >= t->must * sign ? "met" : "missed";
}

static void print_targets(void)
{
	printf("\n%-50s %9s %7s %7s\n", "", "measured", "must", "reach");
	for (size_t i = 0; i < n_targets; i++)
		printf("%-50s %9.3f %7.2f %7.2f  %-12s %s\n", targets[i].name, targets[i].value,
		       targets[i].must, targets[i].reach, targets[i].unit, verdict(&targets[i]));
}

/* ---- rows ---- */

/* Returns the ratio to memcpy(). */
static double row(const char *name, size_t (*what)(const struct text *), const struct text *t)
{
	double ratio, seconds = measure(what, t, &ratio);
	size_t nodes = count_nodes(t);

	printf("%-28s %8.2f MB %7.3f x memcpy (%5.1f GB/s) %9.2f ns/node %6.2f GB/s\n", name,
	       (double)t->len * 1e-6, ratio, (double)t->len / (seconds * ratio) * 1e-9,
	       seconds * 1e9 / (double)nodes, (double)t->len / seconds * 1e-9);
	fflush(stdout);
	return ratio;
}

/* One after the other, so that nothing is learnt by heart. */
static void small_row(void)
{
	static struct text texts[N_SMALL];
	static uint64_t memory[SXP_MEMORY(8192) / sizeof(uint64_t)];
	struct sxp_options options = kept;
	double times[ROUNDS], start;
	size_t bytes = 0;

	options.memory = memory;
	options.memory_size = sizeof(memory);

	for (unsigned i = 0; i < N_SMALL; i++) {
		texts[i] = make_domains(COMPACT, 1, i + 1);
		bytes += texts[i].len;
	}
	for (int i = 0; i < ROUNDS; i++) {
		start = now();
		for (unsigned n = 0; n < N_SMALL; n++)
			sxp_free(sxp_read_with(texts[n].bytes, texts[n].len, &options, NULL));
		times[i] = (now() - start) / N_SMALL;
	}
	printf("%-28s %8.2f KB %7.3f us each\n", "1000 small ones", (double)bytes / N_SMALL * 1e-3,
	       median(times) * 1e6);
	aim("a document of 1.5 KB in memory of the caller's", "us", median(times) * 1e6, 0.9, 0.6);
	for (unsigned i = 0; i < N_SMALL; i++)
		free(texts[i].bytes);
}

static size_t high_water(void)
{
	char line[256];
	size_t kb = 0;
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "VmHWM: %zu", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb * 1024;
}

/* In a process of its own. */
static void memory_row(const struct text *t)
{
	double ratio = 0;
	int fds[2];

	if (pipe(fds))
		abort();
	if (fork() == 0) {
		size_t before = high_water();

		read_anew(t);
		ratio = (double)(high_water() - before) / (double)t->len;
		_exit(write(fds[1], &ratio, sizeof(ratio)) != sizeof(ratio));
	}
	close(fds[1]);
	if (read(fds[0], &ratio, sizeof(ratio)) != sizeof(ratio))
		abort();
	close(fds[0]);
	wait(NULL);
	aim("memory above the input", "x input", ratio, 1.1, 0.75);
}

/* A small and a large one in turns. */
static void growth_row(const struct text *small, const struct text *large)
{
	double times[ROUNDS], large_times[ROUNDS], start;
	size_t repeat = large->len / small->len / 8, nodes = count_nodes(small),
	       large_nodes = count_nodes(large);
	double ns, large_ns;

	for (int i = 0; i < ROUNDS; i++) {
		start = now();
		for (size_t n = 0; n < repeat; n++)
			read_kept(small);
		times[i] = (now() - start) / (double)repeat;
		start = now();
		read_kept(large);
		large_times[i] = now() - start;
	}
	ns = median(times) * 1e9 / (double)nodes;
	large_ns = median(large_times) * 1e9 / (double)large_nodes;
	printf("%-28s %8.2f MB %7.2f ns/node, %.2f MB %.2f ns/node\n", "growth",
	       (double)small->len * 1e-6, ns, (double)large->len * 1e-6, large_ns);
	aim("growth: ns a node at 69 MB against 69 KB", "x", large_ns / ns, 1.2, 1.0);
}

/* A peer, on what it can read; how many times faster libsxp is on the same tree. */
static void peer_row(const char *name, size_t (*peer)(const char *, size_t),
		     const struct text *theirs, const struct text *ours, double must, double reach)
{
	double times[ROUNDS], our_times[ROUNDS], start;
	size_t nodes = count_nodes(ours);

	if (!peer(theirs->bytes, theirs->len)) {
		printf("%-28s is not there, or cannot read this\n", name);
		return;
	}
	for (int i = 0; i < ROUNDS; i++) {
		start = now();
		peer(theirs->bytes, theirs->len);
		times[i] = now() - start;
		start = now();
		read_kept(ours);
		our_times[i] = now() - start;
	}
	printf("%-28s %8.2f MB %7.2f ns/node, libsxp %.2f\n", name, (double)theirs->len * 1e-6,
	       median(times) * 1e9 / (double)nodes, median(our_times) * 1e9 / (double)nodes);
	aim(name, "x as fast", median(times) / median(our_times), must, reach);
}

/* The same tree or no number: what libgcrypt read, as it prints it. */
static void libgcrypt_row(const struct text *quoted)
{
	struct text few = make_domains(DOUBLE_QUOTED, 43, 1);
	struct sxp_doc *ours = sxp_read(few.bytes, few.len, NULL), *theirs;
	size_t len = peer_libgcrypt_print(few.bytes, few.len, out, out_size);

	theirs = sxp_read(out, len, NULL);
	if (len && (!theirs || !sxp_equal(ours, sxp_root(ours), theirs, sxp_root(theirs))))
		printf("%-28s reads something else\n", "libgcrypt");
	else
		peer_row("against libgcrypt's gcry_sexp_sscan()", peer_libgcrypt, quoted, quoted,
			 10, 15);
	sxp_free(theirs);
	sxp_free(ours);
	free(few.bytes);
}

static void json_row(const struct text *compact)
{
	struct sxp_layout layout = { .form = SXP_JSON };
	struct sxp_doc *doc = sxp_read(compact->bytes, compact->len, NULL);
	struct text json = { 0 };

	json.len = sxp_print_buffer(doc, sxp_root(doc), &layout, NULL, 0);
	json.bytes = malloc(json.len + 64);
	sxp_print_buffer(doc, sxp_root(doc), &layout, json.bytes, json.len);
	if (peer_simdjson(json.bytes, json.len) &&
	    peer_simdjson_nodes(json.bytes, json.len) != count_nodes(compact))
		printf("%-28s reads something else\n", "simdjson");
	else
		peer_row("a node against simdjson's DOM, same tree as JSON", peer_simdjson, &json,
			 compact, 2, 4);
	free(json.bytes);
	sxp_free(doc);
}

/* Each form in each size, and what they are made of one by one. */
static void form_rows(void)
{
	static const struct {
		const char *name;
		enum style style;
	} styles[] = { { "compact", COMPACT },
		       { "indented", INDENTED },
		       { "double quotes", DOUBLE_QUOTED } };
	static const unsigned sizes[] = { 1, 43, 4300, 43000 };
	static const size_t escapes[] = { 1500, 69000, 6800000, 69000000 };

	for (size_t i = 0; i < 4; i++) {
		struct text text;

		for (size_t j = 0; j < 3; j++) {
			text = make_domains(styles[j].style, sizes[i], 1);
			row(styles[j].name, read_kept, &text);
			free(text.bytes);
		}
		text = make_escapes(escapes[i]);
		row("escapes", read_kept, &text);
		free(text.bytes);
	}
}

static void scanner_rows(const struct text *compact, const struct text *quoted)
{
	static const char *const names[] = { "byte by byte", "SSE2", "AVX2", "AVX-512" };

	for (int i = SCANNER_CAREFUL; i < N_SCANNERS; i++) {
		char name[64];

		scanner = (enum scanner)i;
		if (!scan_can(scanner))
			continue;
		snprintf(name, sizeof(name), "%s%s", names[i],
			 scanner == scan_best() ? " (in use)" : "");
		row(name, read_by_scanner, compact);
		snprintf(name, sizeof(name), "%s, double quotes", names[i]);
		row(name, read_by_scanner, quoted);
	}
}

static void hard_rows(void)
{
	struct text wide = make_run('(', 'a', ')', 2500000), atom = make_run('(', 'a', ')', 5000000);
	struct text deep = make_run('(', '(', ')', 1000000);

	for (size_t i = 2; i < wide.len - 1; i += 2)
		wide.bytes[i] = ' ';
	row("a list of 2.5 million", read_kept, &wide);
	row("an atom of 10 MB", read_kept, &atom);
	row("a million deep", read_kept, &deep);
	free(wide.bytes);
	free(atom.bytes);
	free(deep.bytes);
}

int main(void)
{
	struct text compact = make_domains(COMPACT, 4300, 1),
		    quoted = make_domains(DOUBLE_QUOTED, 4300, 1);
	struct text medium = make_domains(COMPACT, 43, 1), large = make_domains(COMPACT, 43000, 1);

	memory_row(&compact);
	out_size = 2 * large.len;
	out = malloc(out_size);
	kept.memory_size = SXP_MEMORY(out_size);
	kept.memory = malloc(kept.memory_size);
	memset(out, 1, out_size);
	memset(kept.memory, 1, kept.memory_size);

	puts("Trees:");
	form_rows();
	hard_rows();
	puts("By scanner:");
	scanner_rows(&compact, &quoted);
	puts("The rest:");
	aim("tree, compact 6.8 MB", "x memcpy", row("tree", read_kept, &compact), 0.18, 0.30);
	row("tree, memory anew", read_anew, &compact);
	row("tree, every text decoded", read_and_look, &compact);
	row("check, double quotes", check, &quoted);
	aim("validate, compact", "x memcpy", row("check", check, &compact), 0.5, 0.75);
	row("stream, pieces of 64 KB", stream, &compact);
	printed = sxp_read(compact.bytes, compact.len, NULL);
	aim("print, one line", "x memcpy", row("print on one line", print, &compact), 0.24, 0.5);
	sxp_free(printed);
	small_row();
	json_row(&compact);
	libgcrypt_row(&quoted);
	growth_row(&medium, &large);
	print_targets();
	return 0;
}
