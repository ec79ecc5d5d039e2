#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-License-Identifier: GPL-2.0-or-later
"""xvif_ips - the addresses of a running Xen guest's vif, by xvif."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: xvif_ips
short_description: Addresses of a running Xen guest's network interface (vif)
description:
  - Gives a vif of a running guest exactly the addresses named, adds some, or takes some away,
    without losing a packet on those it keeps.
  - Runs C(xvif) on the Xen host, which needs root there.
options:
  domain:
    description: The guest, by name, uuid or domid.
    type: str
    required: true
  vif:
    description: The vif, by devid, MAC, vifname or link; needed where the guest has several.
    type: str
  ips:
    description: IPv4 or IPv6 addresses or networks, as they are to stand in the vif's list.
    type: list
    elements: str
    required: true
  state:
    description:
      - V(exact) makes the list just this, in this order; V(present) and V(absent) leave the other
        addresses alone.
    type: str
    choices: [exact, present, absent]
    default: exact
  allow_empty:
    description: Also take the last address away, which lets the guest use any.
    type: bool
    default: false
  force:
    description: Also an address that another vif or the host has.
    type: bool
    default: false
  persist:
    description: Write libxl's stored configuration, too, so that the list survives the guest's reboot.
    type: bool
    default: true
  config:
    description: The domain's configuration file, to be changed as well.
    type: path
  timeout:
    description: Longest wait for locks and answers, in seconds.
    type: int
    default: 60
  executable:
    description: The program, where it is not in the search path.
    type: path
    default: xvif
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
author: the xvif authors
"""

EXAMPLES = r"""
- name: web01 has these two addresses and no other
  xvif.xen.xvif_ips:
    domain: web01
    ips: [10.0.0.1, 10.0.0.5]

- name: One more for the first vif of db01
  xvif.xen.xvif_ips:
    domain: db01
    vif: "0"
    ips: 10.0.1.2
    state: present
"""

RETURN = r"""
before:
  description: The list as it was.
  type: list
  elements: str
  returned: success
after:
  description: The list as it is, or in check mode would be.
  type: list
  elements: str
  returned: success
persisted:
  description: Which places now hold the list.
  type: dict
  returned: success
notes:
  description: What xvif found worth saying.
  type: list
  elements: str
  returned: success
"""

import json

from ansible.module_utils.basic import AnsibleModule

COMMANDS = {"exact": "set-ips", "present": "add-ip", "absent": "del-ip"}


def command_line(params, check_mode):
    argv = [params["executable"], COMMANDS[params["state"]], "--json",
            "--timeout", str(params["timeout"])]
    if check_mode:
        argv.append("--dry-run")
    if params["vif"] is not None:
        argv += ["--vif", params["vif"]]
    if params["config"] is not None:
        argv += ["--config", params["config"]]
    if not params["persist"]:
        argv.append("--no-persist")
    if params["force"] and params["state"] != "absent":
        argv.append("--force")
    if params["allow_empty"] and params["state"] != "present":
        argv.append("--allow-empty")
    return argv + ["--", params["domain"]] + params["ips"]


def main():
    module = AnsibleModule(
        argument_spec={
            "domain": {"type": "str", "required": True},
            "vif": {"type": "str"},
            "ips": {"type": "list", "elements": "str", "required": True},
            "state": {"type": "str", "choices": sorted(COMMANDS), "default": "exact"},
            "allow_empty": {"type": "bool", "default": False},
            "force": {"type": "bool", "default": False},
            "persist": {"type": "bool", "default": True},
            "config": {"type": "path"},
            "timeout": {"type": "int", "default": 60},
            "executable": {"type": "path", "default": "xvif"},
        },
        supports_check_mode=True,
    )
    argv = command_line(module.params, module.check_mode)
    status, out, err = module.run_command(argv)
    if status != 0:
        module.fail_json(msg=err.strip() or "xvif: exit status %d" % status, rc=status, cmd=argv)
    result = json.loads(out)
    before, after = result["before"], result["after"]
    module.exit_json(
        changed=before != after if module.check_mode else result["changed"],
        before=before,
        after=after,
        persisted=result["persisted"],
        notes=result["notes"],
        diff={"before": "".join(ip + "\n" for ip in before),
              "after": "".join(ip + "\n" for ip in after)},
    )


if __name__ == "__main__":
    main()
