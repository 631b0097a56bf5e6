# One image for web, worker and scheduler; compose tells each what to be.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MASKWRIGHT_ENV=production MASKWRIGHT_DATA=/data
WORKDIR /app

COPY requirements.txt ./
# The CPU build of torch unless the build asks for another (TORCH_INDEX=https://download.pytorch.org/whl/cu130).
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN pip install --no-cache-dir --extra-index-url "$TORCH_INDEX" -r requirements.txt

COPY manage.py LICENSE README.md ./
COPY annotator annotator
COPY projects projects
COPY inference inference
COPY frontend/src frontend/src
COPY frontend/styles frontend/styles
COPY frontend/vendor frontend/vendor
COPY frontend/images frontend/images
COPY frontend/templates frontend/templates
COPY locale locale
COPY docs docs

RUN useradd --uid 10001 --create-home maskwright && mkdir /data && chown maskwright /data
USER maskwright
VOLUME /data
EXPOSE 8080
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0"]
