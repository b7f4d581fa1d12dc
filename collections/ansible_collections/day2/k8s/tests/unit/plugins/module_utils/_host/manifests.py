# SPDX-License-Identifier: GPL-3.0-or-later
"""Static pod manifests in the form in which kubeadm writes them."""

from __future__ import annotations

APISERVER = """\
apiVersion: v1
kind: Pod
metadata:
  annotations:
    kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: 10.0.0.1:6443
  labels:
    component: kube-apiserver
  name: kube-apiserver
  namespace: kube-system
spec:
  containers:
  - command:
    - kube-apiserver
    - --advertise-address={address}
    - --secure-port=6443
    - "--runtime-config=a=b"
    image: {image}
    imagePullPolicy: IfNotPresent
    livenessProbe:
      httpGet:
        path: /livez
    name: kube-apiserver
    env:
    - name: image
      value: wrong:v0
    volumeMounts:
    - mountPath: /etc/ssl/certs
      name: ca-certs
      readOnly: true
  hostNetwork: true
  initContainers:
  - image: registry.example.com/init:v9
    name: kube-apiserver
status: {{}}
"""


def apiserver(image: str = "registry.k8s.io/kube-apiserver:v1.35.4", address: str = "10.0.0.1") -> str:
    return APISERVER.format(image=image, address=address)


def other(component: str, image: str) -> str:
    return f"""\
apiVersion: v1
kind: Pod
spec:
  containers:
  - command:
    - {component}
    image: {image}
    name: {component}
"""
