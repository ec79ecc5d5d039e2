/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stock-digests.h - the hotplug scripts that Xen (tools/hotplug/Linux) and distributions ship, by content.
 *
 * SHA-256 of the file without blank lines, without lines that begin with "#"
 * and without the blanks around a line, each line ended by a newline; a command
 * "/nix/store/HASH-NAME/bin/ip", as NixOS writes it, is "ip" (nix-store.h).
 *
 * A name is what a family of src/hotplug/family.c does; versions that do something else
 * with several addresses, rules or an emulated card have a name of their own.
 * tests/cli/stock.bats makes the texts of all of them and edits with each.
 */
#ifndef XVIF_STOCK_DIGESTS_H
#define XVIF_STOCK_DIGESTS_H

/* clang-format off */
#define STOCK_VIF_ROUTE \
	/* 4.15 to 4.22 */ \
	"b83b632391d24bfbf6eb2c45089cbb17e24412527bc0a711e73d17c678d11029", \
	/* 4.13 and 4.14: cases fall through by ";&" */ \
	"05ec90b19635fa96c355f3f3cd58a694c62704c996f6588704a5142e5bae9684"

/* routes without a metric; "add" of an emulated card fails where the vif has addresses */
#define STOCK_VIF_ROUTE_NO_METRIC \
	/* 4.2 to 4.12 */ \
	"783cb7d98d1b0b4d09c81f6bd087dfe73580e659d42c6a9855d26213489f6e23"

#define STOCK_VIF_BRIDGE \
	/* 4.22: a function got another name */ \
	"4029735ef56e9928762c2b99b47af086abf274dbaf96f924a4f11b083d52005a", \
	/* 4.15 to 4.21: the MTU may come from the store; "remove" is as "offline" */ \
	"165f82ae0c45de02c7230cc07d3695f0d240a185fdab8ace14e1d4708f6bd3c6", \
	/* 4.14: ip and bridge where there is no brctl */ \
	"404f933394d028a286dda2c711cb6d5695134e2ac202a6a7ccc89d44bc5f5864", \
	/* 4.7 to 4.13: quotes around variables */ \
	"b5a0f550fe4a3c696e00b4fbeee8ed84415e20cf5857efc0627752e51b4c35c9", \
	/* 4.5 and 4.6 */ \
	"6c86a2d3ff74c8295dfeaf61a9cabb000f49fd4a2a8d7db22042e23456391c4a"

/* rules for the vif, none for an emulated card */
#define STOCK_VIF_BRIDGE_VIF_ONLY \
	/* 4.4 */ \
	"9fca2db1bbba2d4bbeb22862f3b061c72348510a9a03d2041c72ee9744979392"

/* no rules at all */
#define STOCK_VIF_BRIDGE_NO_RULES \
	/* 4.19 to 4.21 of openSUSE */ \
	"92d49a22f430e2ac1ed039ecc2d77a49b23b32728f73c0d1260ce991a743739c"

#define STOCK_VIF_OPENVSWITCH \
	/* 4.22: a function got another name */ \
	"9919e7b4888c494a5f600fcab593cb9ba1c3736c339564112b032f97f63c4f14", \
	/* 4.3 to 4.21 */ \
	"a9788ad4ef493cb84e35fa954485eca0b98117d32d3f51f495bae49a962a1adf"

#define STOCK_VIF_NAT \
	/* 4.15 to 4.22: other names of hosts for dhcpd, whose files may be links */ \
	"d53c771f19c876bb6d8bd20b8fbd31ecb7ff39a96e284e50f54d5b4dd53965f1", \
	/* the same of NixOS: with a blank more */ \
	"ee17df3ff159322e53587302a4da3698d61d08535572bed5f40d4d3185c9c824", \
	/* 4.19 to 4.21 of openSUSE: "offline" without ifconfig */ \
	"7fa1694bf080dcaf6999eca2d186ff11c4465f378a0178439a43fa34f93349d9", \
	/* 4.4 to 4.14 */ \
	"d492ed3de5926f31a7775245f0f2a80bb06d3cece7c6ca45c6cc2939a2c92eae"

/* vif-common.sh: digest, whether it sets rules, and for the interface of an emulated card, too */
#define STOCK_VIF_COMMON \
	/* 4.9 to 4.22 as Debian ships it (bug 894013) */ \
	{ "a5555c080c09a17345de81a30aea5cb61f5afda2aae3b89d4d133f53caada2e5", false, false }, \
	/* 4.9 to 4.22 */ \
	{ "caa689e565d4ed2b7a683ee86277c869911abb575eb82e2a23afc2581b62ee59", true, true }, \
	/* 4.6 to 4.8: iptables does not wait for its lock */ \
	{ "9f3af911673c884e9e76888af5b16773e39c654e489131ec5b05e4572caddcf9", true, true }, \
	/* 4.5: fails without a reason where the gateway device has no address */ \
	{ "a93e610fc6e17a46a658a4b059ab2621c798928d272a58e05d6dd3f161fb72f0", true, true }, \
	/* 4.2 to 4.4: there "add" deletes rules that nobody set */ \
	{ "500dbe9f0b6322e7b32783ceafc20a1d64d137d2d4a70f5a64462ff1841e8ece", true, false }
/* clang-format on */

#endif
