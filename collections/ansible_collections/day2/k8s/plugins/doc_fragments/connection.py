# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the connection to the API, with the names that kubernetes.core gives them."""

from __future__ import annotations


class ModuleDocFragment:
    """Described once for everything that talks to the API."""

    DOCUMENTATION = r"""
options:
  kubeconfig:
    description:
      - Path of the kubeconfig, or its content as a dictionary. Several paths may be joined by colons.
      - Environment variable E(K8S_AUTH_KUBECONFIG).
      - If neither this nor O(context), nor O(host) with a credential is given, the file named by E(KUBECONFIG) is
        used, then the service account of the pod in which Ansible runs, then C(~/.kube/config).
    type: raw
  context:
    description:
      - Context of the kubeconfig; by default the current one.
      - Environment variable E(K8S_AUTH_CONTEXT).
    type: str
  host:
    description:
      - URL of the API server, or of its load balancer. Together with O(api_key), or O(client_cert) and O(client_key),
        no kubeconfig is read.
      - Environment variable E(K8S_AUTH_HOST).
    type: str
  api_key:
    description:
      - Bearer token.
      - Environment variable E(K8S_AUTH_API_KEY).
    type: str
  ca_cert:
    description:
      - Path of the CA certificates that the API server's certificate is checked against.
      - Environment variable E(K8S_AUTH_SSL_CA_CERT).
    type: path
    aliases: [ssl_ca_cert]
  client_cert:
    description:
      - Path of the client certificate.
      - Environment variable E(K8S_AUTH_CERT_FILE).
    type: path
    aliases: [cert_file]
  client_key:
    description:
      - Path of the client certificate's key.
      - Environment variable E(K8S_AUTH_KEY_FILE).
    type: path
    aliases: [key_file]
  validate_certs:
    description:
      - Whether the API server's certificate is checked; by default as the kubeconfig says, and else it is.
      - Environment variable E(K8S_AUTH_VERIFY_SSL).
    type: bool
    aliases: [verify_ssl]
  proxy:
    description:
      - URL of an HTTP proxy on the way to the API server.
      - Environment variable E(K8S_AUTH_PROXY).
    type: str
requirements:
  - kubernetes >= 24.2.0 (Python package, on the controller)
notes:
  - Runs on the controller, whichever host the task is for; C(delegate_to) and C(become) have no influence.
  - All options of the connection can be set once, by C(module_defaults) of the group C(group/day2.k8s.k8s).
"""
