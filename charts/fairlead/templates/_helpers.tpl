{{- define "fairlead.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 48 | trimSuffix "-" -}}
{{- end -}}

{{/* Release and chart name, or only one if the other is in it. Room is left for the component's name. */}}
{{- define "fairlead.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 48 | trimSuffix "-" -}}
{{- else if contains (include "fairlead.name" .) .Release.Name -}}
{{- .Release.Name | trunc 48 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "fairlead.name" .) | trunc 48 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "fairlead.proxy.fullname" -}}
{{- include "fairlead.fullname" . }}-proxy
{{- end -}}

{{- define "fairlead.switch.fullname" -}}
{{- include "fairlead.fullname" . }}-switch
{{- end -}}

{{/* What never changes of an object: (list . "component") */}}
{{- define "fairlead.selectorLabels" -}}
app.kubernetes.io/name: {{ include "fairlead.name" (first .) }}
app.kubernetes.io/instance: {{ (first .).Release.Name }}
app.kubernetes.io/component: {{ last . }}
{{- end -}}

{{- define "fairlead.labels" -}}
{{- $root := first . -}}
{{ include "fairlead.selectorLabels" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
app.kubernetes.io/part-of: fairlead
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "fairlead.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Whether the chart has to do with kube-proxy's DaemonSet at all: empty means no. */}}
{{- define "fairlead.switches" -}}
{{- if .Values.proxy.kubeProxy.daemonSet }}yes{{ end -}}
{{- end -}}

{{/* What the schema cannot see. */}}
{{- define "fairlead.check" -}}
{{- $kubeProxy := .Values.proxy.kubeProxy -}}
{{- $namespace := .Release.Namespace -}}
{{- if and (or $kubeProxy.configMap $kubeProxy.daemonSet) (ne $namespace "kube-system") -}}
{{- fail (printf "the release's namespace is %s, and kube-proxy is in kube-system: add --namespace kube-system, or set both proxy.kubeProxy.configMap and proxy.kubeProxy.daemonSet to \"\" (docs/operate/install.md)" $namespace) -}}
{{- end -}}
{{- if and $kubeProxy.configMap (lookup "v1" "Namespace" "" $namespace) (not (lookup "v1" "ConfigMap" $namespace $kubeProxy.configMap)) -}}
{{- fail (printf "proxy.kubeProxy.configMap: there is no ConfigMap %s in the namespace %s; set it to \"\" and give proxy.config and kubernetes.servers (docs/operate/install.md)" $kubeProxy.configMap $namespace) -}}
{{- end -}}
{{- if and $kubeProxy.daemonSet $kubeProxy.replace .Values.proxy.nodeSelector -}}
{{- fail "proxy.nodeSelector: nodes without an agent would be left without routing when kube-proxy is switched off everywhere; set proxy.kubeProxy.replace=false as long as only some nodes have one (docs/operate/migrate.md)" -}}
{{- end -}}
{{- end -}}

{{/* The mode as far as values say it: the ConfigMap of kube-proxy's may say any. */}}
{{- define "fairlead.proxy.mode" -}}
{{- $own := ternary "" .Values.proxy.config.mode (ne .Values.proxy.kubeProxy.configMap "") -}}
{{- .Values.proxy.mode | default $own | default "auto" -}}
{{- end -}}

{{/* Whether the agent may have to run iptables' tools, for kube-proxy's rules or for its own: empty means no. */}}
{{- define "fairlead.proxy.usesIptables" -}}
{{- $mode := include "fairlead.proxy.mode" . -}}
{{- if or .Values.proxy.kubeProxy.cleanup (has $mode (list "auto" "iptables")) }}yes{{ end -}}
{{- end -}}

{{- define "fairlead.proxy.env" -}}
- name: NODE_NAME
  valueFrom:
    fieldRef:
      fieldPath: spec.nodeName
{{- end -}}

{{/* The kubelet asks on loopback, in the node's network: (list . "/path") */}}
{{- define "fairlead.proxy.probe" -}}
httpGet:
  host: 127.0.0.1
  port: pages
  path: {{ last . }}
{{- end -}}

{{/* A Job around kube-proxy's DaemonSet: (list . "name" "command" "helm hooks") */}}
{{- define "fairlead.switch.job" -}}
{{- $root := first . -}}
{{- $name := printf "%s-%s" (include "fairlead.switch.fullname" $root) (index . 1) -}}
{{- $command := index . 2 -}}
{{- $seconds := $root.Values.proxy.kubeProxy.switchSeconds | int -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "fairlead.labels" (list $root "switch") | nindent 4 }}
  annotations:
    helm.sh/hook: {{ index . 3 }}
    # One that failed stays, with its log, until the next.
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  backoffLimit: 2
  activeDeadlineSeconds: {{ add $seconds 30 }}
  template:
    metadata:
      labels:
        {{- include "fairlead.labels" (list $root "switch") | nindent 8 }}
    spec:
      serviceAccountName: {{ include "fairlead.switch.fullname" $root }}
      automountServiceAccountToken: true
      enableServiceLinks: false
      restartPolicy: Never
      priorityClassName: system-cluster-critical
      nodeSelector:
        kubernetes.io/os: linux
      # There may be nothing but control plane nodes.
      tolerations:
        - operator: Exists
          effect: NoSchedule
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
        runAsGroup: 65532
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: switch
          image: {{ include "fairlead.image" $root }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          args:
            - {{ $command }}
            - --daemonset={{ $root.Release.Namespace }}/{{ $root.Values.proxy.kubeProxy.daemonSet }}
            {{- if eq $command "replace-kube-proxy" }}
            - --agents={{ $root.Release.Namespace }}/{{ include "fairlead.proxy.fullname" $root }}
            {{- end }}
            - --timeout={{ $seconds }}s
          securityContext:
            readOnlyRootFilesystem: true
            allowPrivilegeEscalation: false
            capabilities:
              drop: [ALL]
          resources:
            requests:
              cpu: 50m
              memory: 64Mi
            limits:
              memory: 192Mi
          volumeMounts:
            - name: tmp
              mountPath: /tmp
      volumes:
        - name: tmp
          emptyDir:
            medium: Memory
            sizeLimit: 16Mi
{{- end -}}

{{- define "fairlead.ingress.fullname" -}}
{{- include "fairlead.fullname" . }}-ingress
{{- end -}}

{{- define "fairlead.controller.fullname" -}}
{{- include "fairlead.fullname" . }}-controller
{{- end -}}

{{/* Whether the ingress's Pods share keys, which a controller then keeps: empty means no. */}}
{{- define "fairlead.sharesKeys" -}}
{{- if and .Values.ingress.enabled .Values.ingress.sharedKeys.enabled }}yes{{ end -}}
{{- end -}}

{{- define "fairlead.keysSecret" -}}
{{- .Values.ingress.sharedKeys.secret | default (printf "%s-keys" (include "fairlead.fullname" .)) -}}
{{- end -}}

{{/* Whether the ingress listens in the node's own network: empty means no. */}}
{{- define "fairlead.ingress.onHost" -}}
{{- if and (eq .Values.ingress.kind "DaemonSet") .Values.ingress.hostNetwork }}yes{{ end -}}
{{- end -}}

{{- define "fairlead.ingress.serviceType" -}}
{{- .Values.ingress.service.type | default (ternary "LoadBalancer" "ClusterIP" (eq .Values.ingress.kind "Deployment")) -}}
{{- end -}}

{{/* Ports that the ingress itself listens on: (list . "http"). Above 1024 no capability is needed. */}}
{{- define "fairlead.ingress.port" -}}
{{- if include "fairlead.ingress.onHost" (first .) -}}
{{- index (first .).Values.ingress.hostPorts (last .) -}}
{{- else -}}
{{- index (dict "http" 8080 "https" 8443) (last .) -}}
{{- end -}}
{{- end -}}

{{/* Whether nobody but the node itself asks for the pages: empty means no. */}}
{{- define "fairlead.ingress.pagesInside" -}}
{{- if and (include "fairlead.ingress.onHost" .) (not .Values.monitoring.podMonitor.enabled) }}yes{{ end -}}
{{- end -}}

{{/* The kubelet asks the Pod, or on loopback if that is the node: (list . "/path") */}}
{{- define "fairlead.ingress.probe" -}}
httpGet:
  {{- if include "fairlead.ingress.onHost" (first .) }}
  host: 127.0.0.1
  {{- end }}
  port: {{ (first .).Values.ingress.pagesPort }}
  path: {{ last . }}
{{- end -}}

{{/* On the node the old Pod answers for the new one until it ends: asked for the new one's revision it says how that is. */}}
{{- define "fairlead.ingress.readyPath" -}}
/readyz
{{- if include "fairlead.ingress.onHost" . }}?revision={{ include "fairlead.ingress.revision" . }}{{ end -}}
{{- end -}}

{{/* Another one for each Pod template that differs in what decides whether the program starts. */}}
{{- define "fairlead.ingress.revision" -}}
{{- list (include "fairlead.image" .) (include "fairlead.ingress.args" .) .Values.ingress.resources .Values.ingress.podAnnotations | toJson | sha256sum | trunc 12 -}}
{{- end -}}

{{/* What the schema cannot see of the ingress. */}}
{{- define "fairlead.ingress.check" -}}
{{- with .Values.ingress -}}
{{- if and .hostNetwork (ne .kind "DaemonSet") -}}
{{- fail "ingress.hostNetwork: two Pods of a Deployment on one node would want the same ports; set ingress.kind=DaemonSet (docs/operate/install.md)" -}}
{{- end -}}
{{- if and .autoscaling.enabled (ne .kind "Deployment") -}}
{{- fail "ingress.autoscaling.enabled: a DaemonSet has one Pod on each node; set ingress.kind=Deployment" -}}
{{- end -}}
{{- if and (eq (include "fairlead.ingress.serviceType" $) "ClusterIP") (ne .service.externalTrafficPolicy "Cluster") -}}
{{- fail "ingress.service.externalTrafficPolicy: a Service of type ClusterIP has none; leave it out, or set ingress.service.type" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The words of the ingress. */}}
{{- define "fairlead.ingress.args" -}}
{{- $ingress := .Values.ingress -}}
{{- $name := include "fairlead.ingress.fullname" . -}}
- ingress
- --node-name=$(NODE_NAME)
- --http-address=0.0.0.0:{{ include "fairlead.ingress.port" (list . "http") }}
- --https-address=0.0.0.0:{{ include "fairlead.ingress.port" (list . "https") }}
- --pages-address={{ if include "fairlead.ingress.pagesInside" . }}127.0.0.1{{ else }}0.0.0.0{{ end }}:{{ $ingress.pagesPort }}
- --ingress-class={{ $ingress.ingressClass.name }}
{{- if $ingress.ingressClass.default }}
- --watch-ingress-without-class
{{- end }}
{{- with $ingress.defaultCertificate }}
- --default-certificate={{ . }}
{{- end }}
{{- if $ingress.publishAddresses }}
{{- range $ingress.publishAddresses }}
- --publish-address={{ . }}
{{- end }}
{{- else if eq (include "fairlead.ingress.serviceType" .) "LoadBalancer" }}
- --publish-service={{ .Release.Namespace }}/{{ $name }}
{{- else }}
- --publish-nodes-of={{ .Release.Namespace }}/{{ $name }}
{{- end }}
- --lease={{ .Release.Namespace }}/{{ $name }}
{{- if include "fairlead.sharesKeys" . }}
- --keys-secret={{ .Release.Namespace }}/{{ include "fairlead.keysSecret" . }}
{{- end }}
- --access-log={{ $ingress.accessLog }}
- --tls-policy={{ $ingress.tlsPolicy }}
{{- range $ingress.trustedProxies }}
- --trusted-proxies={{ . }}
{{- end }}
{{- if $ingress.proxyProtocol }}
- --proxy-protocol
{{- end }}
{{- if $ingress.allowExternalNames }}
- --allow-external-names
{{- end }}
- --shutdown-delay={{ $ingress.shutdownDelaySeconds }}s
- --drain-time={{ $ingress.drainSeconds }}s
- --metrics-labels-max={{ $ingress.metricsLabelsMax }}
- --log-level={{ $ingress.log.level }}
- --log-format={{ $ingress.log.format }}
{{- range $ingress.extraArgs }}
- {{ . | quote }}
{{- end }}
{{- end -}}

{{/* Namespaces with a Role for Secrets: those that are watched, and those of what the operator's own values name. */}}
{{- define "fairlead.ingress.secretNamespaces" -}}
{{- $namespaces := .Values.ingress.watchNamespaces -}}
{{- if $namespaces -}}
{{- with .Values.ingress.defaultCertificate -}}
{{- $namespaces = append $namespaces (splitList "/" . | first) -}}
{{- end -}}
{{- if include "fairlead.sharesKeys" . -}}
{{- $namespaces = append $namespaces .Release.Namespace -}}
{{- end -}}
{{- end -}}
{{- $namespaces | uniq | sortAlpha | toJson -}}
{{- end -}}
