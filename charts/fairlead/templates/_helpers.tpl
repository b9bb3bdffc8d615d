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
