"""Marks of time among the words of a row. What a generated column is made of cannot be altered: it is made anew, with
the table locked; ten years of the whole nation (1.1 million items, 1 million decisions) took 50 seconds on 2 cores."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

import plenos.models.words


class Migration(migrations.Migration):

    dependencies = [
        ('plenos', '0003_refusals'),
    ]

    operations = [
        migrations.RemoveIndex(model_name="agendaitem", name="item_search"),
        migrations.RemoveField(model_name="agendaitem", name="search"),
        migrations.AddField(
            model_name="agendaitem",
            name="search",
            field=models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.SearchVector('title', config='indonesian', weight='A'), '||', django.contrib.postgres.search.SearchVector('background', config='indonesian', weight='B'), django.contrib.postgres.search.SearchConfig('indonesian')), '||', django.contrib.postgres.search.SearchVector(models.Func(models.F('notes'), models.Value('<[^>]*>'), models.Value(' '), models.Value('g'), function='regexp_replace', output_field=models.TextField()), config='indonesian', weight='C'), django.contrib.postgres.search.SearchConfig('indonesian')), '||', plenos.models.words.UnitWord(), django.contrib.postgres.search.SearchConfig('indonesian')), '||', plenos.models.words.TimeWords(262144, 8192), django.contrib.postgres.search.SearchConfig('indonesian')), output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.AddIndex(
            model_name="agendaitem",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="item_search"),
        ),
        migrations.RemoveIndex(model_name="archivedminutes", name="archived_search"),
        migrations.RemoveField(model_name="archivedminutes", name="search"),
        migrations.AddField(
            model_name="archivedminutes",
            name="search",
            field=models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.SearchVector('title', config='indonesian', weight='A'), '||', django.contrib.postgres.search.SearchVector('decisions', config='indonesian', weight='B'), django.contrib.postgres.search.SearchConfig('indonesian')), '||', plenos.models.words.UnitWord(), django.contrib.postgres.search.SearchConfig('indonesian')), '||', plenos.models.words.TimeWords(262144, 8192), django.contrib.postgres.search.SearchConfig('indonesian')), output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.AddIndex(
            model_name="archivedminutes",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="archived_search"),
        ),
        migrations.RemoveIndex(model_name="decision", name="decision_search"),
        migrations.RemoveField(model_name="decision", name="search"),
        migrations.AddField(
            model_name="decision",
            name="search",
            field=models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.SearchVector('text', config='indonesian', weight='A'), '||', plenos.models.words.UnitWord(), django.contrib.postgres.search.SearchConfig('indonesian')), '||', plenos.models.words.TimeWords(262144, 8192), django.contrib.postgres.search.SearchConfig('indonesian')), output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="decision_search"),
        ),
    ]
